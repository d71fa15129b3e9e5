"""What a list of categories may be narrowed by."""

import django_filters

from categories.models import Category
from core.api.filters import EveryWordFilter, TotalOrdering


class CategoryFilter(django_filters.FilterSet):
    """The query parameters of the list of categories."""

    search = EveryWordFilter(fields=["name", "description"])
    ordering = TotalOrdering(fields=["name", "position", "created_at"])

    class Meta:
        model = Category
        fields: list[str] = []
