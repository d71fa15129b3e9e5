"""The products as resources."""

from django.db.models import QuerySet
from rest_framework.serializers import BaseSerializer

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
        changed = services.update_product(serializer.instance, **serializer.validated_data)
        serializer.instance = self.as_shown(changed)

    def perform_destroy(self, instance: Product) -> None:
        services.delete_product(instance)

    def perform_restore(self, instance: Product, **values: str) -> None:
        services.restore_product(instance, **values)
