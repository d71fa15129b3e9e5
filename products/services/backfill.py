"""Renew the thumbnails of an older rendition version."""

from collections.abc import Iterator
from uuid import UUID

from django.utils import timezone

from products.models import Product, ProductQuerySet, ThumbnailStatus
from products.services.images import pending_thumbnail_fields
from products.services.thumbnails import rendition_suffix

FINISHED = (ThumbnailStatus.READY, ThumbnailStatus.FAILED)
IN_PROGRESS = (ThumbnailStatus.PENDING, ThumbnailStatus.PROCESSING)


def outdated_thumbnails(*statuses: ThumbnailStatus) -> ProductQuerySet:
    """Return products of these statuses whose thumbnail has another rendition version."""
    with_thumbnail = Product.all_objects.filter(thumbnail_status__in=statuses).exclude(thumbnail="")
    return with_thumbnail.exclude(thumbnail__endswith=rendition_suffix("thumbnail"))


def count_outdated() -> int:
    """Return the number of outdated thumbnails that are not in progress."""
    return outdated_thumbnails(*FINISHED).count()


def count_in_progress() -> int:
    """Return the number of outdated thumbnails that are pending or being rendered."""
    return outdated_thumbnails(*IN_PROGRESS).count()


def enqueue_outdated(*, batch_size: int) -> Iterator[int]:
    """Make outdated thumbnails pending, a batch with each step, and yield the number of each.

    They are overdue at once, for the sweep to publish. Take the next step when most of the
    previous batch is done: an image that a client uploaded and a killed worker left waits
    behind everything that is overdue.
    """
    last = UUID(int=0)
    keys = outdated_thumbnails(*FINISHED).order_by("pk").values_list("pk", flat=True)
    while batch := list(keys.filter(pk__gt=last)[:batch_size]):
        fields = pending_thumbnail_fields() | {"thumbnail_due_at": timezone.now()}
        yield outdated_thumbnails(*FINISHED).filter(pk__in=batch).update(**fields)
        last = batch[-1]
