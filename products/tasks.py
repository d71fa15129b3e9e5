"""What is done in the background. Every task is harmless to repeat."""

from uuid import UUID

from celery import shared_task

from core.broker import publish
from products.services import thumbnails


@shared_task
def generate_thumbnail(*, product_id: str) -> None:
    """Give the product its thumbnail, if one is still due."""
    thumbnails.attach_thumbnail(product_id=UUID(product_id))


@shared_task(expires=30)
def sweep_thumbnails() -> None:
    """Ask again for what was asked for in vain: a lost message, a killed worker."""
    for product_id in thumbnails.reclaim_overdue():
        publish(generate_thumbnail, product_id=str(product_id))
