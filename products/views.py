"""Product views."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from uuid_utils.compat import uuid7

from core.api.errors.api_errors import RejectedImage
from core.api.idempotency import idempotent
from core.api.openapi.forms import IMAGE_BODY
from core.api.parsers import RawImageParser, raw_image
from core.api.represented import RepresentedMixin
from core.api.viewsets import CatalogViewSet
from core.errors import (
    AmbiguousSlug,
    NotDeleted,
    SkuConflict,
    SlugConflict,
    StorageUnavailable,
    ThumbnailNotFailed,
)
from core.models import CatalogQuerySet
from products import selectors, services
from products.examples import PRODUCT_EXAMPLES
from products.filters import ProductFilter
from products.models import Product
from products.representation import PRODUCT_REPRESENTATION
from products.serializers import ProductRestoreSerializer, ProductSerializer

WRITE_ERRORS = (SlugConflict, SkuConflict, RejectedImage, StorageUnavailable)


class ProductViewSet(RepresentedMixin, CatalogViewSet[Product]):
    """Products, identified by slug or id. Deleted ones can be restored."""

    serializer_class = ProductSerializer
    restore_serializer_class = ProductRestoreSerializer
    representation = PRODUCT_REPRESENTATION
    filterset_class = ProductFilter
    examples = PRODUCT_EXAMPLES
    problem_types = {
        **CatalogViewSet.problem_types,
        "create": WRITE_ERRORS,
        "update": WRITE_ERRORS,
        "partial_update": WRITE_ERRORS,
        "restore": (NotDeleted, SlugConflict, AmbiguousSlug, SkuConflict),
        "image": (RejectedImage, StorageUnavailable),
        "retry_image": (ThumbnailNotFailed,),
    }

    def get_queryset(self) -> CatalogQuerySet[Product]:
        return selectors.list_products()

    @contextmanager
    def stored_files(self, serializer: BaseSerializer[Product]) -> Iterator[None]:
        values = serializer.validated_data
        with services.stored_image(uuid7(), values.get("image")) as values["image"]:
            yield

    def perform_create(self, serializer: BaseSerializer[Product]) -> None:
        # Not read again: a worker might have started its thumbnail by then.
        serializer.instance = services.create_product(**serializer.validated_data)

    def perform_update(self, serializer: BaseSerializer[Product]) -> None:
        product = cast(Product, serializer.instance)
        services.update_product(
            product, expected_version=self.expected_version(product), **serializer.validated_data
        )

    def perform_destroy(self, instance: Product) -> None:
        services.delete_product(instance, expected_version=self.expected_version(instance))

    def perform_restore(self, instance: Product, **values: Any) -> list[dict[str, Any]]:
        return services.restore_product(instance, **values)

    @extend_schema(request=IMAGE_BODY)
    @action(detail=True, methods=["put"], parser_classes=[RawImageParser])
    def image(self, request: Request, slug: str) -> Response:
        """Replace the image with the bytes of the body."""
        product = self.get_object()
        expected_version = self.expected_version(product)
        with raw_image(request) as image:
            services.update_product(product, expected_version=expected_version, image=image)
        return Response(self.get_serializer(product).data)

    @extend_schema(request=None)
    @image.mapping.delete
    def remove_image(self, request: Request, slug: str) -> Response:
        """Remove the image and its renditions."""
        product = self.get_object()
        services.update_product(
            product, expected_version=self.expected_version(product), image=None
        )
        return Response(status=204)

    @extend_schema(request=None, responses={202: ProductSerializer})
    @action(detail=True, methods=["post"], url_path="image/retry")
    @idempotent
    def retry_image(self, request: Request, slug: str) -> Response:
        """Generate a failed thumbnail again."""
        product = services.retry_thumbnail(self.get_object())
        return Response(self.get_serializer(product).data, status=202)
