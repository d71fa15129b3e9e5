"""The questions that endpoints ask about products."""

from django.db.models import QuerySet

from products.models import Product


def list_products() -> QuerySet[Product]:
    """All products, each with its category; who asks says whether deleted ones are meant."""
    return Product.all_objects.select_related("category")
