"""Compare files and rows: files that no row refers to, and references to missing files."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from core.db.batches import pk_batches
from core.models import OrphanedFile
from core.storage.names import MediaName
from products.models import Product
from products.services.images import FILE_FIELDS, IMAGE_DIRECTORY, referenced_files
from products.services.thumbnails import RENDITION_DIRECTORY

BATCH_SIZE = 500


def delete_orphans(*, grace: timedelta, dry_run: bool = False) -> Iterator[str]:
    """Delete the files that no product refers to, deleted ones included, and yield their names.

    The grace period is for a file whose row is about to be written, and for database backups,
    whose files must still exist. It begins when a file is written or becomes an orphan.
    """
    directories = (IMAGE_DIRECTORY, RENDITION_DIRECTORY)
    files = (name for directory in directories for name in iter_files(directory))
    while batch := list(islice(files, BATCH_SIZE)):
        before = timezone.now() - grace
        orphans = set(batch) - files_of_owners(batch)
        for name in sorted(orphans - OrphanedFile.orphaned_since(orphans, before)):
            if was_written_before(name, before) if dry_run else delete_orphan(name, before):
                yield name
    if not dry_run:
        expired = OrphanedFile.objects.filter(orphaned_at__lt=timezone.now() - grace)
        for keys in pk_batches(expired):
            expired.filter(pk__in=keys).delete()


@transaction.atomic
def delete_orphan(name: str, before: datetime) -> bool:
    """Delete a file unless its product refers to it again, or it was written again.

    The product is locked, because a client may upload the same image at this moment.
    """
    if owner_id := owner_id_of(name):
        rows = Product.all_objects.select_for_update(of=("self",), no_key=True).only(*FILE_FIELDS)
        owner = rows.filter(pk=owner_id).first()
        if owner and name in referenced_files(owner):
            return False
    if not was_written_before(name, before):
        return False
    default_storage.delete(name)
    return True


def iter_missing_files() -> Iterator[tuple[UUID, str]]:
    """Yield each reference to a file that does not exist, with the id of its product."""
    with_image = Product.all_objects.exclude(image="")
    for keys in pk_batches(with_image):
        for product in with_image.filter(pk__in=keys).only(*FILE_FIELDS).order_by("pk"):
            for name in sorted(referenced_files(product)):
                if not default_storage.exists(name):
                    yield product.pk, name


def iter_files(directory: str) -> Iterator[str]:
    """Yield the names of all files in and below a directory, none if it does not exist."""
    try:
        directories, files = default_storage.listdir(directory)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{directory}/{name}"
    for name in directories:
        yield from iter_files(f"{directory}/{name}")


def was_written_before(name: str, before: datetime) -> bool:
    """Check whether a file still exists, and was last written before this time."""
    with suppress(FileNotFoundError):
        return default_storage.get_modified_time(name) < before
    return False


def files_of_owners(names: list[str]) -> set[str]:
    """Return the names of all files that the owners of these files refer to."""
    owner_ids = {owner_id for name in names if (owner_id := owner_id_of(name))}
    owners = Product.all_objects.filter(pk__in=owner_ids).only(*FILE_FIELDS)
    return {name for owner in owners for name in referenced_files(owner)}


def owner_id_of(name: str) -> UUID | None:
    """Return the id of the product that a file belongs to, None for a name of another form."""
    with suppress(ValueError):
        return MediaName.parse(name).owner_id
    return None
