"""The questions that endpoints ask about products."""

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
    """All products, each with what is shown of its category; deleted ones too."""
    return select_columns(Product.all_objects.all(), COLUMNS)
