"""Categories for tests, created by the service."""

from typing import Any

from categories.models import Category
from categories.services import create_category


def make_category(name: str = "Mugs", **values: Any) -> Category:
    return create_category(name=name, **values)
