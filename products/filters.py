"""Filters of the list of products."""

import re
from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet

from categories.models import Category
from categories.selectors import descendant_ids
from core.api.lists.filters import (
    CatalogFilterSet,
    ChoiceFilter,
    IdListFilter,
    PlainDecimalFilter,
    SearchFilter,
    SlugOrIdListFilter,
    StableOrderingFilter,
    StrictBooleanFilter,
    StringListFilter,
)
from core.models import CatalogQuerySet
from core.values.attributes import is_attribute_key
from core.values.currencies import DECIMALS, MAX_DECIMALS, MAX_DIGITS
from core.values.text import BLANK, CONTROL, LINE_BREAKS, TRIMMED, normalize_text
from products.models import Product, ThumbnailStatus

ATTRIBUTE_PREFIX = "attributes."
PRICE_BOUNDS: dict[str, Any] = {
    "max_digits": MAX_DIGITS,
    "decimal_places": MAX_DECIMALS,
    "min_value": 0,
}
EMPTY: tuple[Any, ...] = (None, "", [])
DEEP_OBJECT_RE = re.compile(r"attributes\[(.+)\]", re.DOTALL)
# A key as core.values.attributes reads it, without the brackets that enclose it in a URL.
KEY_CHARACTER = rf"[^{CONTROL}{LINE_BREAKS}\[\]]"
ATTRIBUTE_KEY_PATTERN = rf"^{KEY_CHARACTER}*[^{CONTROL}{TRIMMED}{BLANK}\[\]]{KEY_CHARACTER}*$"
ATTRIBUTE_PARAMETER: dict[str, Any] = {
    "name": "attributes",
    "in": "query",
    "description": "`attributes[<key>]` or `attributes.<key>`: the value of this attribute, as a"
    " string, a number or a boolean. Several attributes may be given.",
    "style": "deepObject",
    "explode": True,
    "schema": {
        "type": "object",
        "propertyNames": {
            "pattern": ATTRIBUTE_KEY_PATTERN,
            "maxLength": 255,
        },
        "additionalProperties": {"type": "string", "pattern": r"^[^\x00]*$"},
        "default": {},
        "examples": [{"colour": "blue"}],
    },
}


class AttributeFilter(django_filters.CharFilter):
    """Selects products whose attribute with this key has this value, compared as a string."""

    allows_blank = True

    def __init__(self, key: str) -> None:
        super().__init__(strip=False)
        self.key = key

    def filter(self, products: CatalogQuerySet[Product], value: str) -> CatalogQuerySet[Product]:
        pair = (normalize_text(self.key), normalize_text(value))
        return products.filter(attributes__has_pair=pair).by_inverted_index()


class ProductFilter(CatalogFilterSet):
    """The filters of products, and an `AttributeFilter` for each `attributes.<key>` in the data."""

    search = SearchFilter(fields="name, sku and description", example="blue mug")
    ordering = StableOrderingFilter(
        fields=["name", "price", "stock", "created_at", "updated_at"], example=["-price", "name"]
    )
    category = SlugOrIdListFilter(
        "category",
        rows=Category.objects,
        method="filter_category",
        help_text="A comma-separated list of categories, by slug or id, each with its descendants;"
        " `null` for products without a live category.",
        example=["mugs"],
    )
    category_scope = ChoiceFilter(
        choices=[("tree", "tree"), ("exact", "exact")],
        method="noop",
        help_text="`exact`: only products directly in `category`, not in its descendants.",
        example="tree",
    )
    min_price = PlainDecimalFilter(
        "price", "gte", help_text="The lowest price.", example="5", **PRICE_BOUNDS
    )
    max_price = PlainDecimalFilter(
        "price", "lte", help_text="The highest price.", example="19.90", **PRICE_BOUNDS
    )
    in_stock = StrictBooleanFilter(
        method="filter_in_stock", help_text="Whether `stock` is above zero.", example=True
    )
    is_active = StrictBooleanFilter(
        "is_active", help_text="Whether the product is active.", example=True
    )
    has_image = StrictBooleanFilter(
        method="filter_has_image", help_text="Whether the product has an image.", example=False
    )
    thumbnail_status = ChoiceFilter(
        choices=ThumbnailStatus.choices, help_text="The state of the thumbnail.", example="none"
    )
    id = IdListFilter(
        "id",
        help_text="A comma-separated list of ids.",
        example=["0199a4f2-3c1b-7d52-9a37-6f0d6c1f2b11"],
    )
    sku = StringListFilter(
        "sku",
        help_text="A comma-separated list of exact SKUs; `search` finds one that has a comma.",
        example=["MUG-1"],
    )
    currency = ChoiceFilter(
        choices=[(code, code) for code in DECIMALS],
        help_text="The currency of the price.",
        example="USD",
    )

    pattern_parameters = [ATTRIBUTE_PARAMETER]

    class Meta:
        model = Product
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for parameter in self.data or ():
            key = parameter.removeprefix(ATTRIBUTE_PREFIX)
            if parameter != key and is_attribute_key(key):
                self.filters[parameter] = AttributeFilter(key)

    @classmethod
    def canonical_name(cls, parameter: str) -> str:
        """Return `attributes.colour` for `attributes[colour]`, OpenAPI's `deepObject` notation."""
        match = DEEP_OBJECT_RE.fullmatch(parameter)
        return f"{ATTRIBUTE_PREFIX}{match[1]}" if match and "][" not in match[1] else parameter

    @classmethod
    def resolve(cls, criteria: dict[str, Any]) -> dict[str, Any]:
        """Add the descendants of the categories, unless the scope is `exact`.

        As values: of a subquery PostgreSQL cannot tell how many rows it selects.
        """
        ids = criteria.get("category")
        if not ids or criteria.get("category_scope") == "exact":
            return criteria
        given_ids = [pk for pk in ids if pk]
        below = descendant_ids(given_ids) if given_ids else []
        return {**criteria, "category": below + [None] * (None in ids)}

    def filter_category(
        self, products: CatalogQuerySet[Product], name: str, ids: list[Any]
    ) -> CatalogQuerySet[Product]:
        """Filter by the ids of categories; None selects products without a live one."""
        if None not in ids:
            return products.filter_in("category", ids)
        category_ids = [pk for pk in ids if pk]
        without_category = self.filters[name].without_live_relation()
        in_category = Q(category__in=category_ids)
        return products.filter(without_category | in_category if category_ids else without_category)

    def noop(self, products: QuerySet, name: str, value: str) -> QuerySet:
        """Return the products unchanged: `resolve` reads this parameter."""
        return products

    def apply(
        self, queryset: CatalogQuerySet[Product], criteria: Mapping[str, Any]
    ) -> CatalogQuerySet[Product]:
        """Filter, and name all values of the columns that stand before a filter's in an index.

        PostgreSQL, before 18, skips no column of an index.
        """
        products = super().apply(queryset, criteria)
        given = {name for name, value in criteria.items() if value not in EMPTY}
        has_status = bool(given & {"thumbnail_status", "has_image"})
        if "currency" in given and not has_status:
            products = products.filter(thumbnail_status__in=ThumbnailStatus.values)
        if "is_active" not in given and (has_status or "currency" in given):
            products = products.filter(is_active__in=[True, False])
        return self.split_by_update(products, criteria)

    def split_by_update(
        self, products: CatalogQuerySet[Product], criteria: Mapping[str, Any]
    ) -> CatalogQuerySet[Product]:
        """Begin a list of the newest at `updated_before`: what is newer was updated after it.

        That is so but for rows with another clock's times, of which there is an index.
        """
        before = criteria["updated_before"]
        ordering = criteria["ordering"] or self.filters["ordering"].default
        if before is None or ordering[0] != "-created_at":
            return products
        backdated = Q(updated_at__lt=F("created_at"))
        return products.split_by(Q(created_at__lt=before) & ~backdated, backdated)

    def filter_in_stock(self, products: QuerySet, name: str, value: bool) -> QuerySet:
        return products.filter(stock__gt=0) if value else products.filter(stock=0)

    def filter_has_image(self, products: QuerySet, name: str, value: bool) -> QuerySet:
        # A constraint keeps the status in step with the image, and it is in an index.
        with_image = [status for status in ThumbnailStatus if status != ThumbnailStatus.NONE]
        wanted = with_image if value else [ThumbnailStatus.NONE]
        return products.filter(thumbnail_status__in=wanted)
