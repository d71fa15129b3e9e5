"""What a list of products may be narrowed by."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet

from categories.models import Category
from categories.selectors import ids_below
from core.api.filters import (
    AmountFilter,
    CatalogFilterSet,
    EveryWordFilter,
    FlagFilter,
    LinksFilter,
    MomentFilter,
    TotalOrdering,
)
from core.attributes import is_attribute_name
from core.currencies import MAX_DECIMALS, MAX_DIGITS
from products.documentation import ATTRIBUTES, EXAMPLES
from products.models import Product, ThumbnailStatus

ATTRIBUTE = "attributes."
PRICE = {"max_digits": MAX_DIGITS, "decimal_places": MAX_DECIMALS, "min_value": 0}


class AttributeFilter(django_filters.CharFilter):
    """Keeps products that have the value, written as text, under the name."""

    def __init__(self, name: str) -> None:
        super().__init__(strip=False)
        self.name = name

    def filter(self, products: QuerySet, value: str) -> QuerySet:
        return products.filter(attributes__holds=(self.name, value))


class ProductFilter(CatalogFilterSet):
    """The query parameters of the list of products."""

    search = EveryWordFilter(fields=["name", "sku", "description"])
    ordering = TotalOrdering(fields=["name", "price", "stock", "created_at", "updated_at"])
    category = LinksFilter(
        rows=Category.objects,
        method="in_categories",
        help_text="A comma list of categories, by slug or id; with everything below them.",
    )
    category_scope = django_filters.ChoiceFilter(
        choices=[("tree", "tree"), ("exact", "exact")],
        method="ignored",
        help_text="`exact`: `category` is meant without what is below it.",
    )
    min_price = AmountFilter("price", "gte", help_text="This price, or more.", **PRICE)
    max_price = AmountFilter("price", "lte", help_text="This price, or less.", **PRICE)
    in_stock = FlagFilter(method="by_stock", help_text="Whether there is any in stock.")
    is_active = FlagFilter("is_active", help_text="Whether it is active.")
    has_image = FlagFilter(method="by_image", help_text="Whether it has a picture.")
    thumbnail_status = django_filters.ChoiceFilter(
        choices=ThumbnailStatus.choices, help_text="How far the thumbnail is."
    )
    sku = django_filters.CharFilter(max_length=64, strip=False, help_text="Exactly this SKU.")
    created_after = MomentFilter("created_at", "gt", help_text="Created after this time.")
    created_before = MomentFilter("created_at", "lt", help_text="Created before this time.")
    updated_after = MomentFilter("updated_at", "gt", help_text="Changed after this time.")
    updated_before = MomentFilter("updated_at", "lt", help_text="Changed before this time.")

    examples = CatalogFilterSet.examples | EXAMPLES
    families = [ATTRIBUTES]

    class Meta:
        model = Product
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for parameter in self.data:
            name = parameter.removeprefix(ATTRIBUTE)
            if parameter != name and is_attribute_name(name):
                self.filters[parameter] = AttributeFilter(name)

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
