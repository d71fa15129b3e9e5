"""The questions that endpoints ask about products."""

from django.db.models import QuerySet

from products.models import Product


def list_products() -> QuerySet[Product]:
    """Live products, each with its category."""
    return Product.objects.select_related("category")


def list_deleted_products() -> QuerySet[Product]:
    """Deleted products, the one deleted last first."""
    return Product.all_objects.deleted().select_related("category").order_by("-deleted_at")
