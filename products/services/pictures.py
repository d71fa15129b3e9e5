"""A product's original picture: stored under its content's name, and known on the row."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone

from core import images
from core.errors import TooLarge
from core.models import OrphanedFile
from core.storage.names import content_name, sha256_hex
from products.models import PATIENCE, Product, ThumbnailStatus

Columns = dict[str, Any]

FILE_FIELDS = ("image", "thumbnail", "renditions")

NO_THUMBNAIL: Columns = {
    "thumbnail_status": ThumbnailStatus.NONE,
    "thumbnail_error": None,
    "thumbnail_attempts": 0,
    "thumbnail_due_at": None,
}


def asked_for() -> Columns:
    """Give the columns that ask for a thumbnail; the one of before stays visible meanwhile."""
    return NO_THUMBNAIL | {
        "thumbnail_status": ThumbnailStatus.PENDING,
        "thumbnail_due_at": timezone.now() + PATIENCE,
    }


def image_columns(product_id: UUID, upload: File | None) -> Columns:
    """Validate an upload and return the columns of a product that has it, or has no image.

    Nothing is stored yet. Raises `images.InvalidImage` and `TooLarge`.
    """
    if not upload:
        return removed()
    if upload.size > settings.IMAGE_MAX_BYTES:
        raise TooLarge.image(upload.size, settings.IMAGE_MAX_BYTES)
    metadata = images.read_metadata(upload)
    name = content_name("products", product_id, sha256_hex(upload), f".{metadata.extension}")
    return asked_for() | {
        "image": name,
        "image_width": metadata.width,
        "image_height": metadata.height,
    }


def store_image(product: Product, upload: File | None) -> None:
    """Store an upload under the name that the product's row has for it, while the row is locked.

    Raises `StorageUnavailable`.
    """
    if upload:
        default_storage.save(product.image.name, upload)


def without_thumbnail() -> Columns:
    """Give the columns that show no thumbnail."""
    return {"thumbnail": "", "renditions": {}, "placeholder": None}


def removed() -> Columns:
    """Give the columns of a product without a picture."""
    nothing = {"image": "", "image_width": None, "image_height": None}
    return NO_THUMBNAIL | without_thumbnail() | nothing


def replacement(product: Product, columns: Columns) -> Columns:
    """Lock the product and return which of these image columns change.

    None for the same image, unless its thumbnail failed: then that is tried once more. What the
    row has now counts, and not what was read: the replaced files are recorded as orphans.
    """
    rows = Product.all_objects.select_for_update(of=("self",), no_key=True)
    current = rows.filter(pk=product.pk).first() or product
    failed = current.thumbnail_status == ThumbnailStatus.FAILED
    if columns["image"] == current.image.name and not failed:
        return {}
    let_go(current, columns)
    return columns


def let_go(product: Product, columns: Columns) -> None:
    """Note which files no row will name any more, once these columns are changed."""
    OrphanedFile.note(file_names(product) - file_names(product, **columns))


def file_names(product: Product, **columns: Any) -> set[str]:
    """Name every file that the row knows of, or would with these columns changed."""
    image = columns.get("image", product.image.name)
    thumbnail = columns.get("thumbnail", product.thumbnail.name)
    renditions = columns.get("renditions", product.renditions)
    return set(filter(None, [image, thumbnail, *renditions.values()]))
