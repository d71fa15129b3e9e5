"""What a list of categories may be narrowed by."""

from uuid import UUID

from django.db.models import Q, QuerySet

from categories.models import Category
from core.api.filters import (
    CatalogFilterSet,
    EveryWordFilter,
    LinksField,
    LinksFilter,
    TotalOrdering,
)


class ParentField(LinksField):
    """Reads `null` too: the roots."""

    def found(self, address: str) -> UUID | None:
        return None if address == "null" else super().found(address)


class ParentFilter(LinksFilter):
    """Keeps the children of the named categories; of none for `null`: a deleted parent is none."""

    field_class = ParentField

    def filter(self, queryset: QuerySet, value: list[UUID | None]) -> QuerySet:
        if not value:
            return queryset
        below = Q(parent__in=[key for key in value if key])
        is_root = ~Q(parent__deleted_at__isnull=True, parent__isnull=False)
        return queryset.filter(below | is_root if None in value else below)


class CategoryFilter(CatalogFilterSet):
    """The query parameters of the list of categories."""

    search = EveryWordFilter(fields=["name", "description"])
    ordering = TotalOrdering(fields=["name", "position", "created_at"])

    parent = ParentFilter(
        rows=Category.objects,
        help_text="A comma list of the categories directly above: slugs, ids, or `null` for none.",
    )

    examples = CatalogFilterSet.examples | {
        "search": "mug",
        "ordering": ["position", "name"],
        "parent": ["kitchen"],
    }

    class Meta:
        model = Category
        fields: list[str] = []
