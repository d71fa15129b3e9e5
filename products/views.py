"""The products as resources."""

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from core.api.idempotency import idempotent
from core.api.parsers import PictureParser
from core.api.viewsets import CatalogViewSet
from products import selectors, services
from products.filters import ProductFilter
from products.models import Product
from products.serializers import ProductSerializer


class ProductViewSet(CatalogViewSet):
    """The catalog's products. Deleting one can be undone."""

    serializer_class = ProductSerializer
    filterset_class = ProductFilter

    def get_queryset(self) -> QuerySet[Product]:
        return selectors.list_products()

    def perform_create(self, serializer: BaseSerializer) -> None:
        created = services.create_product(**serializer.validated_data)
        serializer.instance = self.as_shown(created)

    def perform_update(self, serializer: BaseSerializer) -> None:
        product = serializer.instance
        services.update_product(
            product, if_version=self.expected_version(product), **serializer.validated_data
        )
        serializer.instance = self.as_shown(product)

    def perform_destroy(self, instance: Product) -> None:
        services.delete_product(instance, if_version=self.expected_version(instance))

    def perform_restore(self, instance: Product, **values: str) -> None:
        services.restore_product(instance, **values)

    @action(detail=True, methods=["put"], parser_classes=[PictureParser])
    def image(self, request: Request, slug: str) -> Response:
        """Replace the picture by the bytes of the body."""
        product = self.get_object()
        services.update_product(
            product, if_version=self.expected_version(product), image=request.data
        )
        return Response(self.get_serializer(self.as_shown(product)).data)

    @image.mapping.delete
    def remove_image(self, request: Request, slug: str) -> Response:
        """Remove the picture, and all that was made of it."""
        product = self.get_object()
        services.update_product(product, if_version=self.expected_version(product), image=None)
        return Response(status=204)

    @action(detail=True, methods=["post"], url_path="image/retry")
    @idempotent
    def retry_image(self, request: Request, slug: str) -> Response:
        """Try a thumbnail that failed once more."""
        product = services.retry_thumbnail(self.get_object())
        return Response(self.get_serializer(self.as_shown(product)).data, status=202)
