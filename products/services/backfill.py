"""Rendering again what an older recipe made."""

from collections.abc import Iterator
from uuid import UUID

from django.utils import timezone

from products.models import Product, ProductQuerySet, ThumbnailStatus
from products.services.pictures import asked_for
from products.services.thumbnails import rendition_suffix

SETTLED = (ThumbnailStatus.READY, ThumbnailStatus.FAILED)
AWAITED = (ThumbnailStatus.PENDING, ThumbnailStatus.PROCESSING)


def outdated(*statuses: ThumbnailStatus) -> ProductQuerySet:
    """Take the products, of these statuses, whose thumbnail was made by another recipe."""
    shown = Product.all_objects.filter(thumbnail_status__in=statuses).exclude(thumbnail="")
    return shown.exclude(thumbnail__endswith=rendition_suffix("thumbnail"))


def count_outdated() -> int:
    """Count the outdated thumbnails that nobody has asked for, or asked for in vain."""
    return outdated(*SETTLED).count()


def count_awaited() -> int:
    """Count the outdated thumbnails that were asked for, and are still to come."""
    return outdated(*AWAITED).count()


def ask_for_outdated(*, batch: int) -> Iterator[int]:
    """Mark outdated thumbnails as asked for, a batch with each step, and give its number.

    They are due at once. Take the next step when most of the last are done: a client's picture
    that a killed worker has left stands in line behind all that is due.
    """
    last = UUID(int=0)
    keys = outdated(*SETTLED).order_by("pk").values_list("pk", flat=True)
    while found := list(keys.filter(pk__gt=last)[:batch]):
        due = asked_for() | {"thumbnail_due_at": timezone.now()}
        yield outdated(*SETTLED).filter(pk__in=found).update(**due)
        last = found[-1]
