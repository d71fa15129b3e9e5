"""Store the image of a request before the transaction of its row."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.utils import timezone

from core.errors import StorageUnavailable
from core.models import OrphanedFile
from products.services.garbage_collection import delete_orphan
from products.services.images import StoredImage, validate_image


@contextmanager
def stored_image(product_id: UUID, image: File | StoredImage | None) -> Iterator[StoredImage]:
    """Store an image, and yield its name and size for the transaction in this context.

    No lock is held while a slow storage writes. If the row is rejected, the file is deleted. A
    crash leaves a file without a row, which `collect_media` deletes, and never the reverse. One
    that is stored already, for an outer context, is yielded as it is.

    Raises `images.InvalidImage`, `PayloadTooLarge` and `StorageUnavailable`.
    """
    if isinstance(image, StoredImage):
        yield image
        return
    stored = validate_image(product_id, image)
    if not (image and stored.name):
        yield stored
        return
    default_storage.save(stored.name, image)
    try:
        yield stored
    except Exception:
        delete_rejected(stored.name)
        raise
    # It may have been deleted as an orphan before its row was committed; no more can be.
    if not default_storage.exists(stored.name):
        default_storage.save(stored.name, image)


def delete_rejected(name: str) -> None:
    """Delete a file whose row was rejected, unless the row refers to it.

    What was an orphan before stays until the end of its grace period. What cannot be deleted
    now, `collect_media` deletes.
    """
    with suppress(DatabaseError, StorageUnavailable):
        if not OrphanedFile.objects.filter(name=name).exists():
            delete_orphan(name, timezone.now())
