"""Products for tests, created by the service."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from products.models import Product
from products.services import create_product


def make_product(name: str = "Blue mug", **values: Any) -> Product:
    return create_product(**{"name": name, "price": Decimal("12.50")} | values)


def shift_deadlines(**delta: int) -> None:
    """Move all thumbnail deadlines back, as if this time had passed."""
    for product in Product.all_objects.exclude(thumbnail_due_at=None):
        product.thumbnail_due_at -= timedelta(**delta)
        product.save(update_fields=["thumbnail_due_at"])
