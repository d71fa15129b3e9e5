"""What happens when a product is saved."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from core.messaging.publish import publish
from products.models import Product
from products.tasks import generate_thumbnail


@receiver(post_save, sender=Product, dispatch_uid="products.enqueue_thumbnail")
def enqueue_thumbnail(instance: Product, raw: bool, **kwargs: Any) -> None:
    """Ask for the thumbnail that a saved product still lacks, once it is committed."""
    if raw or not instance.awaiting_thumbnail:
        return

    def enqueue() -> None:  # no partial: Django logs the function's name where it raises
        publish(generate_thumbnail, product_id=str(instance.pk))

    # Robust: the product is saved whatever happens here, and the sweep asks again.
    transaction.on_commit(enqueue, robust=True)
