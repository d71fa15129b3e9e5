"""Filters of the list of categories."""

from categories.models import Category
from core.api.lists.filters import (
    CatalogFilterSet,
    SearchFilter,
    SlugOrIdListFilter,
    StableOrderingFilter,
)


class CategoryFilter(CatalogFilterSet):
    """The filters of categories."""

    search = SearchFilter(fields="name and description", example="mug")
    ordering = StableOrderingFilter(
        fields=["name", "position", "created_at", "updated_at"], example=["position", "name"]
    )
    parent = SlugOrIdListFilter(
        "parent",
        rows=Category.objects,
        help_text="A comma-separated list of parents: slugs, ids, or `null` for no live parent.",
        example=["kitchen"],
    )

    class Meta:
        model = Category
        fields: list[str] = []
