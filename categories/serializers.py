"""Category serializers."""

from typing import Any

from drf_spectacular.utils import Direction, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from categories.models import Category
from categories.selectors import PATH_COLUMNS, list_categories
from categories.services import DELETE_STRATEGIES
from core.api.fields.catalog import SlugOrIdField
from core.api.fields.strict import OpenApiFieldMixin, Schema
from core.api.serializers import CatalogSerializer

POSITION = {"max_value": 2**31 - 1}  # of PostgreSQL; SQLite would allow more
PRODUCT_COUNT: dict[str, Any] = {
    "min_value": 0,
    "help_text": "The number of live, active products in it and in all live categories below it.",
}
PRODUCT_COUNT_DIRECT: dict[str, Any] = {
    "min_value": 0,
    "help_text": "The number of live, active products directly in it.",
}


class CategorySerializer(CatalogSerializer):
    """A category in the tree."""

    parent = SlugOrIdField(  # type: ignore[assignment]  # DRF takes declared fields off the class
        queryset=Category.objects.all(),
        required=False,
        allow_null=True,
        help_text="The slug of the parent; an id is accepted too. Null if there is none, or it is"
        " deleted.",
    )
    path = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="The slugs from the root to this category.",
    )
    product_count = serializers.IntegerField(read_only=True, **PRODUCT_COUNT)
    product_count_direct = serializers.IntegerField(read_only=True, **PRODUCT_COUNT_DIRECT)

    class Meta:
        model = Category
        fields = [
            "id",
            "slug",
            "name",
            "description",
            "parent",
            "path",
            "position",
            "product_count",
            "product_count_direct",
            "version",
            "created_at",
            "updated_at",
            "deleted_at",
        ]
        columns = {
            "parent": ["parent__slug", "parent__deleted_at"],
            "path": PATH_COLUMNS,
            "product_count": [],
            "product_count_direct": [],
        }
        extra_kwargs = {"position": POSITION, "version": {"min_value": 1}}


@extend_schema_serializer(component_name="CategoryBranch")
class CategoryTreeSerializer(serializers.ModelSerializer):
    """A category with its subcategories, nested. `category_tree` returns what it describes."""

    product_count = serializers.IntegerField(**PRODUCT_COUNT)
    product_count_direct = serializers.IntegerField(**PRODUCT_COUNT_DIRECT)
    children = serializers.SerializerMethodField(help_text="The subcategories.")

    class Meta:
        model = Category
        fields = [
            "id",
            "slug",
            "name",
            "position",
            "product_count",
            "product_count_direct",
            "children",
        ]
        extra_kwargs = {"position": POSITION}

    @extend_schema_field(
        {"type": "array", "items": {"$ref": "#/components/schemas/CategoryBranch"}}
    )
    def get_children(self, category: Category) -> list[dict[str, Any]]:
        """Return the live subcategories, which have their product counts from `list_categories`."""
        children = list_categories().live().filter(parent=category)
        return list(type(self)(children.order_by("position", "name", "id"), many=True).data)


class StrategyField(OpenApiFieldMixin, serializers.ChoiceField):
    """How a category is deleted."""

    def openapi_schema(self, direction: Direction) -> Schema:
        return {"type": "string", "enum": list(self.choices), "examples": ["cascade"]}


class DeleteParamsSerializer(serializers.Serializer):
    """The query parameters of a deletion."""

    strategy = StrategyField(
        list(DELETE_STRATEGIES),
        default="detach",
        help_text="What happens to subcategories and products: nothing, and references to the"
        " category read as null (`detach`); the request fails if there are live ones"
        " (`restrict`); they are deleted too (`cascade`).",
    )
