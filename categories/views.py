"""Category views."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from categories import selectors, services
from categories.examples import CATEGORY_EXAMPLES
from categories.filters import CategoryFilter
from categories.models import Category
from categories.serializers import (
    CategorySerializer,
    CategoryTreeSerializer,
    DeleteParamsSerializer,
)
from categories.tree import category_tree
from core.api.errors.api_errors import UnknownParameter
from core.api.viewsets import CatalogViewSet
from core.errors import (
    AmbiguousSlug,
    CategoryCycle,
    CategoryNotEmpty,
    InvalidRequest,
    NotDeleted,
    SkuConflict,
    SlugConflict,
)
from core.models import CatalogQuerySet


class CategoryViewSet(CatalogViewSet[Category]):
    """Categories, identified by slug or id. Deleted ones can be restored."""

    serializer_class = CategorySerializer
    filterset_class = CategoryFilter
    examples = CATEGORY_EXAMPLES
    problem_types = {
        **CatalogViewSet.problem_types,
        "create": (SlugConflict, CategoryCycle),
        "update": (SlugConflict, CategoryCycle),
        "partial_update": (SlugConflict, CategoryCycle),
        "destroy": (InvalidRequest, UnknownParameter, CategoryNotEmpty),
        "restore": (NotDeleted, SlugConflict, AmbiguousSlug, SkuConflict),
    }
    parameter_serializers = {"destroy": DeleteParamsSerializer}

    def get_queryset(self) -> CatalogQuerySet[Category]:
        return selectors.list_categories()

    def perform_create(self, serializer: BaseSerializer[Category]) -> None:
        created = services.create_category(**serializer.validated_data)
        serializer.instance = self.reload(created)

    def perform_update(self, serializer: BaseSerializer[Category]) -> None:
        category = cast(Category, serializer.instance)
        services.update_category(
            category, expected_version=self.expected_version(category), **serializer.validated_data
        )
        serializer.instance = self.reload(category)

    def perform_destroy(self, instance: Category) -> None:
        delete = services.DELETE_STRATEGIES[self.validated_parameters["strategy"]]
        delete(instance, expected_version=self.expected_version(instance))

    def perform_restore(self, instance: Category, **values: Any) -> list[dict[str, Any]]:
        return services.restore_category(instance, **values)

    @extend_schema(responses=CategoryTreeSerializer(many=True))
    @action(detail=False, pagination_class=None, filter_backends=[])
    def tree(self, request: Request) -> Response:
        """Return the whole tree of live categories, nested."""
        return Response(category_tree())
