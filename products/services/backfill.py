"""Rendering again what an older recipe made."""

from django.db import transaction
from django.utils import timezone

from products.models import Product, ProductQuerySet, ThumbnailStatus
from products.services.pictures import asked_for
from products.services.thumbnails import rendition_suffix


def outdated() -> ProductQuerySet:
    """Take the products whose thumbnail was made by another recipe than today's."""
    ready = Product.all_objects.filter(thumbnail_status=ThumbnailStatus.READY)
    return ready.exclude(thumbnail__endswith=rendition_suffix("thumbnail"))


def count_outdated() -> int:
    return outdated().count()


@transaction.atomic
def ask_for_outdated(*, limit: int) -> int:
    """Mark the next outdated thumbnails as asked for, and give their number.

    They are due at once, and the sweep publishes them at its own pace, so that
    a client's new picture does not wait behind a million old ones.
    """
    keys = list(outdated().order_by("pk").values_list("pk", flat=True)[:limit])
    due = asked_for() | {"thumbnail_due_at": timezone.now()}
    return outdated().filter(pk__in=keys).update(**due)
