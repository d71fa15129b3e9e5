"""The thumbnail of a product: a small state machine on its row.

pending → processing → ready or failed. `thumbnail_due_at` says when somebody else may act:
while pending, the sweep; while processing, another worker. No lock is held meanwhile.
"""

import logging
from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core import images
from core.errors import NotFailed, StorageUnavailable
from core.storage.names import content_name, stand_for_one_picture
from products.models import LEASE, MAX_ATTEMPTS, PATIENCE, Product, ProductQuerySet, ThumbnailStatus
from products.services.pictures import Columns, asked_for, let_go, without_thumbnail

logger = logging.getLogger(__name__)

BOXES = {"thumbnail": 300, "medium": 640, "large": 1280}  # longer side in pixels
WORKER_LOST = {
    "code": "worker-lost",
    "detail": f"The picture could not be processed in {MAX_ATTEMPTS} attempts.",
}
TOO_SLOW = {
    "code": "too-slow",
    "detail": f"Rendering the picture took too long, in each of {MAX_ATTEMPTS} attempts.",
}
IMAGE_MISSING = {"code": "image-missing", "detail": "The picture's file is gone from the storage."}


class TooSlow(Exception):
    """Rendering a picture took more time than there is."""


def attach_thumbnail(*, product_id: UUID, overtime: type[Exception] = TimeoutError) -> bool:
    """Render a product's thumbnail and record it, if one is still due.

    Safe to run twice, late, or beside itself: it is recorded only where the row
    still shows the picture that was read, under the lease it was read with.
    What keeps a picture from its thumbnail is written on the row, and raised;
    `overtime` is what the caller lets happen in here when the time is up.
    """
    product = claim(product_id)
    if product is None:
        return False
    try:
        with default_storage.open(product.image.name) as file:
            original = file.read()
        renditions = render(original, overtime)
        return record(product, renditions, sha256(original).hexdigest())
    except images.InvalidImage as error:
        fail(product, {"code": error.code, "detail": str(error)})
        raise
    except FileNotFoundError:
        try_again(product, IMAGE_MISSING)
        raise
    except TooSlow:
        try_again(product, TOO_SLOW)
        raise
    except (OSError, StorageUnavailable, overtime):
        postpone(product, forgiven=1)
        raise


def render(original: bytes, overtime: type[Exception]) -> images.Renditions:
    """Render what was read: too slow in here is the picture, and not the storage."""
    try:
        return images.render(
            BytesIO(original), BOXES, settings.RENDITION_FORMAT, let_through=(overtime,)
        )
    except overtime as error:
        raise TooSlow from error


def claim(product_id: UUID) -> Product | None:
    """Take a lease on a product that awaits its thumbnail. The attempt counts from here on."""
    due = Product.all_objects.awaiting_thumbnail().filter(
        pk=product_id, thumbnail_attempts__lt=MAX_ATTEMPTS
    )
    lease = timezone.now() + LEASE
    taken = due.update(
        thumbnail_status=ThumbnailStatus.PROCESSING,
        thumbnail_attempts=F("thumbnail_attempts") + 1,
        thumbnail_due_at=lease,
    )
    return (
        Product.all_objects.filter(pk=product_id, thumbnail_due_at=lease).first() if taken else None
    )


def leased(product: Product) -> ProductQuerySet:
    """Take the row only while it is as it was claimed: same picture, same lease."""
    return Product.all_objects.filter(
        pk=product.pk,
        image=product.image.name,
        thumbnail_status=ThumbnailStatus.PROCESSING,
        thumbnail_due_at=product.thumbnail_due_at,
    )


def record(product: Product, renditions: images.Renditions, digest: str) -> bool:
    """Store the renditions, then let the row say so. A picture replaced meanwhile wins."""
    paths, files = {}, {}
    for size, content in renditions.files.items():
        name = content_name("thumbnails", product.pk, digest, rendition_suffix(size))
        paths[size] = default_storage.save(name, ContentFile(content))
        files[paths[size]] = content
    made = {
        "thumbnail": paths.pop("thumbnail"),
        "renditions": paths,
        "placeholder": renditions.placeholder,
    }
    let_go(product, made)
    updated = leased(product).update(
        **made,
        thumbnail_status=ThumbnailStatus.READY,
        thumbnail_due_at=None,
        updated_at=timezone.now(),
    )
    if updated:
        restore_files(files)
    return bool(updated)


def restore_files(files: dict[str, bytes]) -> None:
    """Store again what was collected as an orphan before the row named it; no more can be now."""
    for name, content in files.items():
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(content))


def rendition_suffix(size: str) -> str:
    """End a rendition's name with what made it: another recipe gives another file."""
    return f"-{size}-{images.RENDITION_VERSION}.{images.EXTENSIONS[settings.RENDITION_FORMAT]}"


def fail(product: Product, error: dict[str, str]) -> None:
    """Give up on a picture that will never have a thumbnail."""
    logger.warning("No thumbnail for product %s: %s", product.pk, error["detail"])
    leased(product).update(**failed(product, error))


def failed(product: Product, error: dict[str, str]) -> Columns:
    """Give the columns that say why there is no thumbnail; one of another picture goes with it."""
    columns = {
        "thumbnail_status": ThumbnailStatus.FAILED,
        "thumbnail_error": error,
        "thumbnail_due_at": None,
        "updated_at": timezone.now(),
    }
    if not stand_for_one_picture(product.thumbnail.name, product.image.name):
        columns |= without_thumbnail()
        let_go(product, columns)
    return columns


def try_again(product: Product, error: dict[str, str]) -> None:
    """Give a picture back that may have been unlucky; after the last attempt, give it up."""
    if product.thumbnail_attempts < MAX_ATTEMPTS:
        postpone(product)
    else:
        fail(product, error)


def postpone(product: Product, *, forgiven: int = 0) -> None:
    """Give a picture back for a while. An attempt that was not its fault is `forgiven`."""
    leased(product).update(
        thumbnail_status=ThumbnailStatus.PENDING,
        thumbnail_attempts=F("thumbnail_attempts") - forgiven,
        thumbnail_due_at=timezone.now() + 3 * PATIENCE,
    )


@transaction.atomic
def reclaim_overdue(*, limit: int) -> Sequence[UUID]:
    """Make what is overdue pending again, and give its ids; give up on what was tried enough.

    Two sweeps at once take different rows.
    """
    overdue = Product.all_objects.overdue().select_for_update(skip_locked=True)
    locked = list(overdue.order_by("thumbnail_due_at")[:limit])
    exhausted = [product for product in locked if product.thumbnail_attempts >= MAX_ATTEMPTS]
    for product in exhausted:
        Product.all_objects.filter(pk=product.pk).update(**failed(product, WORKER_LOST))
    again = [product.pk for product in locked if product not in exhausted]
    Product.all_objects.filter(pk__in=again).update(
        thumbnail_status=ThumbnailStatus.PENDING, thumbnail_due_at=timezone.now() + 3 * PATIENCE
    )
    return again


@transaction.atomic
def retry_thumbnail(product: Product) -> Product:
    """Ask once more for a thumbnail that failed. Raises `NotFailed` for any other."""
    rows = Product.all_objects.select_for_update(of=("self",), no_key=True).filter(pk=product.pk)
    status = rows.values_list("thumbnail_status", flat=True).first() or product.thumbnail_status
    if status != ThumbnailStatus.FAILED:
        raise NotFailed(f"The thumbnail is {status}, not failed.")
    product.change(**asked_for())
    return product
