"""What a list of products may be narrowed by."""

from uuid import UUID

import django_filters
from django.db.models import QuerySet

from categories.models import Category
from categories.selectors import ids_below
from core.api.filters import (
    CatalogFilterSet,
    EveryWordFilter,
    FlagFilter,
    LinksFilter,
    MomentFilter,
    TotalOrdering,
)
from products.models import Product, ThumbnailStatus

ATTRIBUTE = "attributes."
PRICE = {"max_digits": 12, "decimal_places": 2, "min_value": 0}


class ProductFilter(CatalogFilterSet):
    """The query parameters of the list of products."""

    search = EveryWordFilter(fields=["name", "sku", "description"])
    ordering = TotalOrdering(fields=["name", "price", "stock", "created_at", "updated_at"])
    category = LinksFilter(rows=Category.objects, method="in_categories")
    category_scope = django_filters.ChoiceFilter(
        choices=[("tree", "tree"), ("exact", "exact")], method="ignored"
    )
    min_price = django_filters.NumberFilter("price", "gte", **PRICE)
    max_price = django_filters.NumberFilter("price", "lte", **PRICE)
    in_stock = FlagFilter(method="by_stock")
    is_active = FlagFilter("is_active")
    has_image = FlagFilter(method="by_image")
    thumbnail_status = django_filters.ChoiceFilter(choices=ThumbnailStatus.choices)
    sku = django_filters.CharFilter(max_length=64)
    created_after = MomentFilter("created_at", "gt")
    created_before = MomentFilter("created_at", "lt")
    updated_after = MomentFilter("updated_at", "gt")
    updated_before = MomentFilter("updated_at", "lt")

    class Meta:
        model = Product
        fields: list[str] = []

    def understands(self, parameter: str) -> bool:
        return parameter.startswith(ATTRIBUTE) or super().understands(parameter)

    def filter_queryset(self, products: QuerySet) -> QuerySet:
        products = super().filter_queryset(products)
        for parameter, value in self.data.items():
            if parameter.startswith(ATTRIBUTE):
                pair = (parameter.removeprefix(ATTRIBUTE), value)
                products = products.filter(attributes__holds=pair)
        return products

    def in_categories(self, products: QuerySet, name: str, ids: list[UUID]) -> QuerySet:
        exact = self.form.cleaned_data["category_scope"] == "exact"
        return products.filter(category__in=ids if exact else ids_below(ids))

    def ignored(self, products: QuerySet, name: str, value: str) -> QuerySet:
        """Leave the rows alone: the parameter says how another one is meant."""
        return products

    def by_stock(self, products: QuerySet, name: str, value: bool) -> QuerySet:
        return products.filter(stock__gt=0) if value else products.filter(stock=0)

    def by_image(self, products: QuerySet, name: str, value: bool) -> QuerySet:
        return products.exclude(image="") if value else products.filter(image="")
