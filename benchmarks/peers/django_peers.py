"""Django REST framework, plain and well tuned, and the ceilings of Django and of DRF.

`/plain/` is what a tutorial ends with, `/tuned/` what its reader learns later.
"""

import os
from io import BytesIO
from typing import Any

import dj_database_url
import django
from django.conf import settings

settings.configure(
    DEBUG=False,
    SECRET_KEY="only-for-benchmarks",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django_filters", "rest_framework"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
    ],
    DATABASES={"default": dj_database_url.config(conn_max_age=600)},
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    USE_TZ=True,
    MEDIA_URL="/media/",
    MEDIA_ROOT=os.environ["MEDIA_ROOT"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

import django_filters  # noqa: E402 -- Django is configured first
from django.core.files.base import ContentFile  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from django_filters.rest_framework import DjangoFilterBackend  # noqa: E402
from PIL import Image  # noqa: E402
from rest_framework import filters, pagination, routers, serializers, viewsets  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from uuid_utils.compat import uuid7  # noqa: E402

BODY = b"x" * 22_000


class Category(models.Model):
    id = models.UUIDField(primary_key=True)
    slug = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "peers"
        managed = False
        db_table = "categories_category"


class Product(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7)
    slug = models.SlugField(max_length=255)
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    search_text = models.TextField(default="")
    sku = models.CharField(max_length=64, null=True)
    price = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, default="USD")
    stock = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    category = models.ForeignKey(Category, models.PROTECT, null=True)
    attributes = models.JSONField(default=dict)
    image = models.FileField(blank=True)
    image_width = models.PositiveIntegerField(null=True)
    image_height = models.PositiveIntegerField(null=True)
    thumbnail = models.FileField(blank=True)
    thumbnail_status = models.CharField(max_length=10, default="none")
    thumbnail_error = models.JSONField(null=True)
    thumbnail_attempts = models.PositiveSmallIntegerField(default=0)
    renditions = models.JSONField(default=dict)
    placeholder = models.CharField(max_length=64, null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "peers"
        managed = False
        db_table = "products_product"


class CategorySerializer(serializers.ModelSerializer):
    class Meta:
        model = Category
        fields = ["slug", "name"]


class ProductSerializer(serializers.ModelSerializer):
    category = CategorySerializer(read_only=True)

    class Meta:
        model = Product
        exclude = ["search_text", "thumbnail_attempts"]
        read_only_fields = ["slug", "thumbnail_status", "version", "deleted_at"]

    def to_representation(self, instance: Product) -> dict[str, Any]:
        product = super().to_representation(instance)
        url = self.context["request"].build_absolute_uri
        renditions = product["renditions"].items()
        product["renditions"] = {size: url(f"/media/{name}") for size, name in renditions}
        return product

    def create(self, validated_data: dict[str, Any]) -> Product:
        key = uuid7()
        product = Product(id=key, slug=f"product-{key.hex}", **validated_data)
        if product.image:
            product.thumbnail_status = "ready"
            product.thumbnail.save("thumbnail.jpg", thumbnail_of(product.image), save=False)
        product.save()
        return product


def thumbnail_of(image: Any) -> ContentFile:
    """Return a thumbnail as tutorials make one, while the client waits."""
    output = BytesIO()
    with Image.open(image) as source:
        thumbnail = source.convert("RGB")
    thumbnail.thumbnail((300, 300))
    thumbnail.save(output, "JPEG")
    return ContentFile(output.getvalue())


class ProductFilter(django_filters.FilterSet):
    category = django_filters.CharFilter("category__slug")
    min_price = django_filters.NumberFilter("price", "gte")
    max_price = django_filters.NumberFilter("price", "lte")


class PagePagination(pagination.PageNumberPagination):
    page_size = 20
    page_size_query_param = "page_size"


class KeysetPagination(pagination.CursorPagination):
    page_size = 20
    page_size_query_param = "page_size"
    ordering = ("-created_at", "-id")


class PlainViewSet(viewsets.ModelViewSet):
    queryset = Product.objects.filter(deleted_at=None).order_by("-created_at", "-id")
    serializer_class = ProductSerializer
    pagination_class: Any = PagePagination
    filter_backends = [DjangoFilterBackend, filters.OrderingFilter]
    filterset_class = ProductFilter
    ordering_fields = ["price", "created_at"]
    lookup_field = "slug"


class TunedViewSet(PlainViewSet):
    queryset = PlainViewSet.queryset.select_related("category").only(
        *ProductSerializer().fields.keys() - {"category"}, "category__slug", "category__name"
    )
    pagination_class = KeysetPagination


class EmptyView(APIView):
    def get(self, request: Request) -> Response:
        return Response({})


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY, content_type="application/json")


def router(viewset: type[viewsets.ModelViewSet]) -> Any:
    routes = routers.SimpleRouter()
    routes.register("products", viewset)
    return include(routes.urls)


urlpatterns = [
    path("plain/", router(PlainViewSet)),
    path("tuned/", router(TunedViewSet)),
    path("empty/", empty),
    path("empty-drf/", EmptyView.as_view()),
]
application = get_wsgi_application()
