"""Rendering again what an older recipe made."""

from collections.abc import Iterator
from uuid import UUID

from django.utils import timezone

from products.models import Product, ProductQuerySet, ThumbnailStatus
from products.services.pictures import asked_for
from products.services.thumbnails import rendition_suffix


def outdated(*statuses: ThumbnailStatus) -> ProductQuerySet:
    """Take the products, of these statuses, whose thumbnail was made by another recipe."""
    shown = Product.all_objects.filter(thumbnail_status__in=statuses).exclude(thumbnail="")
    return shown.exclude(thumbnail__endswith=rendition_suffix("thumbnail"))


def count_outdated() -> int:
    """Count the outdated thumbnails that nobody has asked for yet."""
    return outdated(ThumbnailStatus.READY).count()


def count_awaited() -> int:
    """Count the outdated thumbnails that were asked for, and are still to come."""
    return outdated(ThumbnailStatus.PENDING, ThumbnailStatus.PROCESSING).count()


def ask_for_outdated(*, batch: int) -> Iterator[int]:
    """Mark outdated thumbnails as asked for, a batch at a time, and give the number of each.

    They are due at once, and the sweep publishes them at its own pace, so that
    a client's new picture does not wait behind a million old ones.
    """
    last = UUID(int=0)
    ready = outdated(ThumbnailStatus.READY)
    keys = ready.order_by("pk").values_list("pk", flat=True)
    while found := list(keys.filter(pk__gt=last)[:batch]):
        due = asked_for() | {"thumbnail_due_at": timezone.now()}
        yield ready.filter(pk__in=found).update(**due)
        last = found[-1]
