"""A product's image: its file, and the fields of the row that describe it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.utils import timezone

from core.errors import PayloadTooLarge
from core.images import read_metadata
from core.models import OrphanedFile
from core.storage.names import MediaName, sha256_hex
from products.models import Product, ThumbnailStatus
from products.thumbnail_policy import THUMBNAIL_POLICY

FieldValues = dict[str, Any]

IMAGE_DIRECTORY = "products"
FILE_FIELDS = ("image", "thumbnail", "renditions")
NO_THUMBNAIL_STATE: FieldValues = {
    "thumbnail_status": ThumbnailStatus.NONE,
    "thumbnail_error": None,
    "thumbnail_attempts": 0,
    "thumbnail_due_at": None,
}


@dataclass(frozen=True)
class StoredImage:
    """The name of an image's file, and its display size in pixels; empty without an image."""

    product_id: UUID
    name: str = ""
    width: int | None = None
    height: int | None = None

    def fields(self) -> FieldValues:
        """Return the field values of a product with this image, its thumbnail pending."""
        image = {"image": self.name, "image_width": self.width, "image_height": self.height}
        if not self.name:
            return image | NO_THUMBNAIL_STATE | cleared_thumbnail_fields()
        return image | pending_thumbnail_fields()


def pending_thumbnail_fields() -> FieldValues:
    """Return the field values of a pending thumbnail; the previous one stays visible."""
    return NO_THUMBNAIL_STATE | {
        "thumbnail_status": ThumbnailStatus.PENDING,
        "thumbnail_due_at": timezone.now() + THUMBNAIL_POLICY.pickup_timeout,
    }


def cleared_thumbnail_fields() -> FieldValues:
    """Return the field values of a product that shows no thumbnail."""
    return {"thumbnail": "", "renditions": {}, "placeholder": None}


def validate_image(product_id: UUID, file: File | None) -> StoredImage:
    """Return how an image will be stored. Nothing is written yet.

    Raises `images.InvalidImage` and `PayloadTooLarge`.
    """
    if not file:
        return StoredImage(product_id)
    if file.size > settings.IMAGE_MAX_BYTES:
        raise PayloadTooLarge.image(file.size, settings.IMAGE_MAX_BYTES)
    metadata = read_metadata(file)
    name = MediaName.for_content(
        IMAGE_DIRECTORY, product_id, sha256_hex(file), f".{metadata.extension}"
    )
    return StoredImage(product_id, str(name), metadata.width, metadata.height)


def replace_image(product: Product, image: StoredImage) -> FieldValues:
    """Lock the product, record the files that become orphans, and return the fields to write.

    None for the same image, unless its thumbnail failed: then that is tried once more. The row
    as it is now counts, not as it was read.
    """
    rows = Product.all_objects.select_for_update(of=("self",), no_key=True)
    current = rows.filter(pk=product.pk).first() or product
    has_failed = current.thumbnail_status == ThumbnailStatus.FAILED
    if image.name == current.image.name and not has_failed:
        return {}
    fields = image.fields()
    record_orphans(current, fields)
    return fields


def record_orphans(product: Product, fields: FieldValues) -> None:
    """Record the files that become unreferenced when these fields are written."""
    OrphanedFile.record(referenced_files(product) - referenced_files(product, **fields))


def referenced_files(product: Product, **fields: Any) -> set[str]:
    """Return the names of all files in a product's row, or in the row with these fields changed."""
    image = fields.get("image", product.image.name)
    thumbnail = fields.get("thumbnail", product.thumbnail.name)
    renditions = fields.get("renditions", product.renditions)
    return set(filter(None, [image, thumbnail, *renditions.values()]))
