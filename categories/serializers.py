"""How a category is spelled."""

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from categories.models import Category
from categories.selectors import PATH_COLUMNS
from categories.services import DELETIONS
from core.api.fields.catalog import SlugOrIdField
from core.api.serializers import CatalogSerializer


class CategorySerializer(CatalogSerializer):
    """A category as a client reads and writes it."""

    parent = SlugOrIdField(queryset=Category.objects.all(), required=False, allow_null=True)
    path = serializers.ListField(child=serializers.CharField(), read_only=True)
    product_count = serializers.IntegerField(read_only=True)

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
            "version",
            "created_at",
            "updated_at",
            "deleted_at",
        ]
        columns = {
            "parent": ["parent__slug", "parent__deleted_at"],
            "path": PATH_COLUMNS,
            "product_count": [],
        }
        extra_kwargs = {"position": {"max_value": 2**31 - 1}}


@extend_schema_serializer(component_name="CategoryBranch")
class BranchSerializer(serializers.ModelSerializer):
    """A category with all below it."""

    product_count = serializers.IntegerField()
    children = serializers.SerializerMethodField(help_text="The categories below it.")

    class Meta:
        model = Category
        fields = ["id", "slug", "name", "position", "product_count", "children"]

    @extend_schema_field(
        {"type": "array", "items": {"$ref": "#/components/schemas/CategoryBranch"}}
    )
    def get_children(self, category: Category) -> list[dict[str, Any]]:
        return BranchSerializer(category.branches, many=True, context=self.context).data


class DeletionSerializer(serializers.Serializer):
    """The query parameters of a deletion."""

    strategy = serializers.ChoiceField(list(DELETIONS), default="detach")
