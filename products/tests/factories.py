"""Products for tests, made as the program makes them."""

from decimal import Decimal
from typing import Any

from products.models import Product
from products.services import create_product


def make_product(name: str = "Blue mug", **values: Any) -> Product:
    return create_product(**{"name": name, "price": Decimal("12.50")} | values)
