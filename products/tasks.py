"""What is done in the background. Every task is harmless to repeat."""

import logging
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.utils import timezone

from categories.services import purge_categories
from core.db.batches import pk_batches
from core.health.heartbeat import record_heartbeat
from core.images import InvalidImage
from core.messaging.publish import publish, queue_length
from core.models import IdempotencyRecord
from products.services import collection, purge_products, thumbnails

logger = logging.getLogger(__name__)

AGAIN = settings.QUEUES["retries"]  # the queue of what the sweep asks for
QUEUE_LENGTH = 500  # messages, some seconds of work
DAILY = {"acks_late": False, "soft_time_limit": 3600, "time_limit": 3660}  # lost: tomorrow again


# The costliest picture that the gate lets in takes a second or two, and one that never ends shall
# not keep a worker long from the others. One that cannot be used fails in Flower too, and needs no
# traceback.
@shared_task(soft_time_limit=6, time_limit=9, throws=(InvalidImage,))
def generate_thumbnail(*, product_id: str) -> None:
    """Give the product its thumbnail, if one is still due."""
    thumbnails.attach_thumbnail(product_id=UUID(product_id), overtime=SoftTimeLimitExceeded)


@shared_task(expires=30)
def sweep_thumbnails() -> None:
    """Ask again for what was asked for in vain: a lost message, a killed worker.

    A long queue is not made longer: what waits in it would only be asked for twice.
    """
    room = QUEUE_LENGTH - queue_length(generate_thumbnail, AGAIN)
    for product_id in thumbnails.reclaim_overdue(limit=max(0, room)):
        publish(generate_thumbnail, AGAIN, product_id=str(product_id))
    record_heartbeat()


@shared_task(**DAILY)
def purge_deleted_products() -> None:
    """Hard-delete products past `TRASH_DAYS`."""
    purge_products(before=timezone.now() - timedelta(days=settings.TRASH_DAYS))


@shared_task(**DAILY)
def purge_deleted_categories() -> None:
    """Hard-delete categories past `TRASH_DAYS`."""
    purge_categories(before=timezone.now() - timedelta(days=settings.TRASH_DAYS))


@shared_task(**DAILY)
def clear_idempotency_records() -> None:
    """Delete expired idempotency records."""
    expired = IdempotencyRecord.objects.stale()
    for keys in pk_batches(expired):
        expired.filter(pk__in=keys).delete()


@shared_task(**DAILY)
def collect_media() -> None:
    """Remove the files that replaced pictures have left, and tell which files are missing."""
    grace = timedelta(hours=settings.MEDIA_GRACE_HOURS)
    removed = sum(1 for _ in collection.collect_orphans(grace=grace))
    missing = 0
    for product_id, name in collection.find_missing():
        missing += 1
        logger.warning("The file %s of product %s is missing.", name, product_id)
    logger.info("%s orphans removed, %s files missing.", removed, missing)
