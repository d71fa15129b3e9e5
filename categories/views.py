"""The categories as resources."""

from django.db.models import QuerySet
from rest_framework.serializers import BaseSerializer

from categories import selectors, services
from categories.filters import CategoryFilter
from categories.models import Category
from categories.serializers import CategorySerializer
from core.api.viewsets import CatalogViewSet


class CategoryViewSet(CatalogViewSet):
    """The shelves of the catalog, in a tree. Deleting one can be undone."""

    serializer_class = CategorySerializer
    filterset_class = CategoryFilter

    def get_queryset(self) -> QuerySet[Category]:
        return selectors.list_categories()

    def perform_create(self, serializer: BaseSerializer) -> None:
        created = services.create_category(**serializer.validated_data)
        serializer.instance = self.as_shown(created)

    def perform_update(self, serializer: BaseSerializer) -> None:
        changed = services.update_category(serializer.instance, **serializer.validated_data)
        serializer.instance = self.as_shown(changed)

    def perform_destroy(self, instance: Category) -> None:
        services.delete_category(instance)

    def perform_restore(self, instance: Category, **values: str) -> None:
        services.restore_category(instance, **values)
