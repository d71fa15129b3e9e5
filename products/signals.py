"""Receivers of the products' signals."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from core.messaging.publish import publish
from products.models import Product
from products.tasks import generate_thumbnail


@receiver(post_save, sender=Product, dispatch_uid="products.enqueue_thumbnail")
def enqueue_thumbnail(
    sender: type[Product],
    instance: Product,
    created: bool,
    raw: bool,
    using: str,
    update_fields: frozenset[str] | None,
    **kwargs: Any,
) -> None:
    """Enqueue the thumbnail of a saved product, if it is pending, once the row is committed."""
    if raw or not instance.is_thumbnail_pending:
        return

    def enqueue() -> None:  # no partial: Django logs the function's name where it raises
        publish(generate_thumbnail, product_id=str(instance.pk))

    # Robust: the product is saved whatever happens here, and the sweep publishes again.
    transaction.on_commit(enqueue, using=using, robust=True)
