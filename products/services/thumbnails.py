"""The thumbnail of a product: a small state machine on its row.

pending → processing → ready or failed. `thumbnail_due_at` is when somebody else may act:
while pending, the sweep; while processing, another worker. No lock is held meanwhile.
"""

import logging
from collections.abc import Sequence
from io import BytesIO
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core import images
from core.errors import StorageUnavailable, ThumbnailNotFailed
from core.storage.names import MediaName
from products.models import Product, ProductQuerySet, ThumbnailStatus
from products.services.images import (
    FieldValues,
    cleared_thumbnail_fields,
    pending_thumbnail_fields,
    record_orphans,
)
from products.thumbnail_policy import THUMBNAIL_POLICY

logger = logging.getLogger(__name__)

RENDITION_DIRECTORY = "thumbnails"
RENDITION_SIZES = {"thumbnail": 300, "medium": 640, "large": 1280}  # longer side in pixels
WORKER_LOST = {
    "code": "worker-lost",
    "detail": f"The image could not be processed in {THUMBNAIL_POLICY.max_attempts} attempts.",
}
TOO_SLOW = {
    "code": "too-slow",
    "detail": (
        f"Rendering the image took too long, in each of {THUMBNAIL_POLICY.max_attempts} attempts."
    ),
}
IMAGE_MISSING = {"code": "image-missing", "detail": "The image is missing from the storage."}


class RenderTimeout(Exception):
    """Rendering an image took longer than the time limit."""


def attach_thumbnail(*, product_id: UUID, timeout_error: type[Exception] = TimeoutError) -> bool:
    """Render a product's thumbnail and record it, if one is still due.

    Safe to run twice, late, or concurrently with itself: it is recorded only where the row
    still shows the image that was read, under the lease it was read with.
    What keeps an image from its thumbnail is written on the row, and raised;
    `timeout_error` is what the caller raises in here when the time is up.
    """
    product = claim(product_id)
    if product is None:
        return False
    try:
        with product.image.open() as file:
            content = file.read()
        return save_renditions(product, render(content, timeout_error))
    except images.InvalidImage as error:
        mark_failed(under_lease(product), product, {"code": error.code, "detail": str(error)})
        raise
    except FileNotFoundError:
        retry_or_fail(product, IMAGE_MISSING)
        raise
    except RenderTimeout:
        retry_or_fail(product, TOO_SLOW)
        raise
    except (OSError, StorageUnavailable, timeout_error):
        release(product, refund_attempt=True)
        raise


def render(content: bytes, timeout_error: type[Exception]) -> images.Renditions:
    """Render, and raise `RenderTimeout` so that a slow image is told from slow storage."""
    try:
        return images.render(
            BytesIO(content),
            RENDITION_SIZES,
            settings.RENDITION_FORMAT,
            propagated=(timeout_error,),
        )
    except timeout_error as error:
        raise RenderTimeout from error


def claim(product_id: UUID) -> Product | None:
    """Claim a product under a lease, if a worker may. The attempt counts from here on."""
    claimable = Product.all_objects.claimable().filter(
        pk=product_id, thumbnail_attempts__lt=THUMBNAIL_POLICY.max_attempts
    )
    expires_at = timezone.now() + THUMBNAIL_POLICY.lease
    claimed = claimable.update(
        thumbnail_status=ThumbnailStatus.PROCESSING,
        thumbnail_attempts=F("thumbnail_attempts") + 1,
        thumbnail_due_at=expires_at,
    )
    if not claimed:
        return None
    return Product.all_objects.filter(pk=product_id, thumbnail_due_at=expires_at).first()


def under_lease(product: Product) -> ProductQuerySet:
    """Return the row only while it is as it was claimed: same image, same lease."""
    return Product.all_objects.filter(
        pk=product.pk,
        image=product.image.name,
        thumbnail_status=ThumbnailStatus.PROCESSING,
        thumbnail_due_at=product.thumbnail_due_at,
    )


def save_renditions(product: Product, renditions: images.Renditions) -> bool:
    """Store the renditions, then write their names on the row, if the lease still holds."""
    source = MediaName.parse(product.image.name)
    names, contents = {}, {}
    for size, content in renditions.files.items():
        name = str(source.rendition(RENDITION_DIRECTORY, rendition_suffix(size)))
        names[size] = default_storage.save(name, ContentFile(content))
        contents[names[size]] = content
    fields = {
        "thumbnail": names.pop("thumbnail"),
        "renditions": names,
        "placeholder": renditions.placeholder,
    }
    record_orphans(product, fields)
    updated = under_lease(product).update(
        **fields,
        thumbnail_status=ThumbnailStatus.READY,
        thumbnail_due_at=None,
        updated_at=timezone.now(),
    )
    if updated:
        restore_deleted_files(contents)
    return bool(updated)


def restore_deleted_files(contents: dict[str, bytes]) -> None:
    """Store again what was deleted as an orphan before the row referred to it; no more can be."""
    for name, content in contents.items():
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(content))


def rendition_suffix(size: str) -> str:
    """Return how a rendition's name ends: another version or format gives another file."""
    return f"-{size}-{images.RENDITION_VERSION}.{images.EXTENSIONS[settings.RENDITION_FORMAT]}"


def mark_failed(rows: ProductQuerySet, product: Product, error: dict[str, str]) -> None:
    """Write the failure on these rows: the product's own, or none if that changed meanwhile."""
    logger.warning("No thumbnail for product %s: %s", product.pk, error["detail"])
    fields = failure_fields(product, error)
    record_orphans(product, fields)
    rows.update(**fields)


def failure_fields(product: Product, error: dict[str, str]) -> FieldValues:
    """Return the field values of a failed thumbnail; one of a previous image is cleared."""
    fields = {
        "thumbnail_status": ThumbnailStatus.FAILED,
        "thumbnail_error": error,
        "thumbnail_due_at": None,
        "updated_at": timezone.now(),
    }
    return fields if has_current_thumbnail(product) else fields | cleared_thumbnail_fields()


def has_current_thumbnail(product: Product) -> bool:
    """Check whether the thumbnail was rendered from the image, not from a previous one."""
    try:
        thumbnail = MediaName.parse(product.thumbnail.name)
        return thumbnail.shares_source(MediaName.parse(product.image.name))
    except ValueError:  # no thumbnail
        return False


def retry_or_fail(product: Product, error: dict[str, str]) -> None:
    """Release a product for another attempt, or mark it failed after the last one."""
    if product.thumbnail_attempts < THUMBNAIL_POLICY.max_attempts:
        release(product)
    else:
        mark_failed(under_lease(product), product, error)


def release(product: Product, *, refund_attempt: bool = False) -> None:
    """End the lease; the sweep requeues the product.

    An attempt is refunded where it failed for a reason other than the image.
    """
    under_lease(product).update(
        thumbnail_status=ThumbnailStatus.PENDING,
        thumbnail_attempts=F("thumbnail_attempts") - int(refund_attempt),
        thumbnail_due_at=timezone.now() + THUMBNAIL_POLICY.retry_delay,
    )


@transaction.atomic
def requeue_overdue(*, limit: int) -> Sequence[UUID]:
    """Make overdue products pending again, and return their ids for publishing.

    Those without an attempt left are marked failed. Concurrent sweeps select different rows.
    """
    overdue = Product.all_objects.overdue().select_for_update(skip_locked=True)
    locked = list(overdue.order_by("thumbnail_due_at")[:limit])
    max_attempts = THUMBNAIL_POLICY.max_attempts
    exhausted = [product for product in locked if product.thumbnail_attempts >= max_attempts]
    for product in exhausted:
        mark_failed(Product.all_objects.filter(pk=product.pk), product, WORKER_LOST)
    requeued = [product.pk for product in locked if product not in exhausted]
    Product.all_objects.filter(pk__in=requeued).update(
        thumbnail_status=ThumbnailStatus.PENDING,
        thumbnail_due_at=timezone.now() + THUMBNAIL_POLICY.retry_delay,
    )
    return requeued


@transaction.atomic
def retry_thumbnail(product: Product) -> Product:
    """Make a failed thumbnail pending again. Raises `ThumbnailNotFailed` for any other."""
    rows = Product.all_objects.select_for_update(of=("self",), no_key=True).filter(pk=product.pk)
    status = rows.values_list("thumbnail_status", flat=True).first() or product.thumbnail_status
    if status != ThumbnailStatus.FAILED:
        raise ThumbnailNotFailed(f"The thumbnail is {status}, not failed.")
    product.save_columns(pending_thumbnail_fields())
    return product
