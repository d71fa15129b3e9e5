"""Query products for endpoints."""

from core.db.columns import select_columns, stored_columns
from core.models import CatalogQuerySet
from products.models import Product

COLUMNS = [
    *stored_columns(Product),
    "category__slug",
    "category__name",
    "category__deleted_at",
]


def list_products() -> CatalogQuerySet[Product]:
    """Return all products, deleted ones too, each with the columns shown of its category."""
    return select_columns(Product.all_objects.all(), COLUMNS)
