"""Celery tasks. Each is safe to repeat."""

import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from celery import Task, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.utils import timezone

from categories.services import purge_categories
from core.db.batches import pk_batches
from core.health.heartbeat import record_heartbeat
from core.images import InvalidImage
from core.messaging.publish import publish, queue_length
from core.models import IdempotencyRecord
from products.services import garbage_collection, purge_products, thumbnails
from products.thumbnail_policy import THUMBNAIL_POLICY

logger = logging.getLogger(__name__)

RETRY_QUEUE = settings.QUEUES["retries"]  # of the sweep: new images do not wait behind these
MAX_BACKLOG = 500  # messages, some seconds of work


# An invalid image fails in Flower, too, and needs no traceback.
@shared_task(
    soft_time_limit=THUMBNAIL_POLICY.soft_time_limit,
    time_limit=THUMBNAIL_POLICY.time_limit,
    throws=(InvalidImage,),
)
def generate_thumbnail(*, product_id: str) -> None:
    """Render the product's thumbnail, if one is still due."""
    thumbnails.attach_thumbnail(product_id=UUID(product_id), timeout_error=SoftTimeLimitExceeded)


@shared_task
def sweep_thumbnails() -> None:
    """Requeue products whose message or worker was lost.

    A long queue is not made longer: what waits in it would only be published twice.
    """
    capacity = MAX_BACKLOG - queue_length(generate_thumbnail, RETRY_QUEUE)
    for product_id in thumbnails.requeue_overdue(limit=max(0, capacity)):
        publish(generate_thumbnail, RETRY_QUEUE, product_id=str(product_id))
    record_heartbeat()


def daily_task(function: Callable[[], None]) -> "Task[[], None]":
    """Create a task that may take an hour. Acknowledged early: if lost, it runs again tomorrow."""
    create_task = shared_task(acks_late=False, soft_time_limit=3600, time_limit=3660)
    return create_task(function)


@daily_task
def purge_deleted_products() -> None:
    """Hard-delete products past `TRASH_DAYS`."""
    purge_products(before=timezone.now() - timedelta(days=settings.TRASH_DAYS))


@daily_task
def purge_deleted_categories() -> None:
    """Hard-delete categories past `TRASH_DAYS`."""
    purge_categories(before=timezone.now() - timedelta(days=settings.TRASH_DAYS))


@daily_task
def clear_idempotency_records() -> None:
    """Delete expired idempotency records."""
    expired = IdempotencyRecord.objects.expired()
    for keys in pk_batches(expired):
        expired.filter(pk__in=keys).delete()


@daily_task
def collect_media() -> None:
    """Delete the files that replaced images have left, and log which files are missing."""
    grace = timedelta(hours=settings.MEDIA_GRACE_HOURS)
    deleted = sum(1 for _ in garbage_collection.delete_orphans(grace=grace))
    missing = 0
    for product_id, name in garbage_collection.iter_missing_files():
        missing += 1
        logger.warning("The file %s of product %s is missing.", name, product_id)
    logger.info("%s orphans removed, %s files missing.", deleted, missing)
