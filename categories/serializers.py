"""How a category is spelled."""

from rest_framework import serializers

from categories.models import Category
from core.api.fields import LinkField
from core.api.serializers import CatalogSerializer


class CategorySerializer(CatalogSerializer):
    """A category as a client reads and writes it."""

    parent = LinkField(queryset=Category.objects.all(), required=False, allow_null=True)
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
        extra_kwargs = {"position": {"max_value": 2**31 - 1}}
