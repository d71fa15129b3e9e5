"""A small catalog to delete parts of, and ways to see what remains."""

from collections.abc import Iterable
from typing import Any

from categories.models import Category
from categories.tests.factories import make_category
from core.models import CatalogModel
from products.models import Product
from products.tests.factories import make_product


def make_sample_catalog() -> None:
    """Create kitchen > mugs > tea with a product in each, and a garden beside it with another."""
    parent = None
    for name in ("Kitchen", "Mugs", "Tea"):
        parent = make_category(name, parent=parent)
        make_product(name=f"In {name}", category=parent, sku=name)
    make_product(name="Spade", category=make_category("Garden"))


def live_slugs(model: type[CatalogModel]) -> set[str]:
    return set(model.objects.values_list("slug", flat=True))


def all_rows(exclude: Iterable[str] = ("version", "updated_at")) -> list[dict[str, Any]]:
    """Return all rows, without the columns that a deletion and a restore do not revert."""
    rows = [*Category.all_objects.order_by("pk").values()]
    rows += Product.all_objects.order_by("pk").values()
    return [{name: row[name] for name in row if name not in exclude} for row in rows]
