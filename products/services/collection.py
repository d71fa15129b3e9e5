"""Files and rows, compared both ways: files that no row names, and names without a file."""

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
from core.storage.names import owner_of
from products.models import Product
from products.services.pictures import FILE_FIELDS, file_names

FOLDERS = ("products", "thumbnails")
BATCH = 500


def collect_orphans(*, grace: timedelta, dry_run: bool = False) -> Iterator[str]:
    """Remove the files that no product names, deleted ones included, and name each.

    The grace is for a file whose row is being written, and for a backup of the database: what it
    names must still be there. It begins when the file is written, and when its row lets it go.
    """
    files = (name for folder in FOLDERS for name in walk(folder))
    while batch := list(islice(files, BATCH)):
        before = timezone.now() - grace
        orphans = set(batch) - names_of({owner_of(name) for name in batch})
        for name in sorted(orphans - OrphanedFile.young(orphans, before=before)):
            if is_older(name, before) if dry_run else delete_orphan(name, before):
                yield name
    if not dry_run:
        settled = OrphanedFile.objects.filter(since__lt=timezone.now() - grace)
        for keys in pk_batches(settled):
            settled.filter(pk__in=keys).delete()


@transaction.atomic
def delete_orphan(name: str, before: datetime) -> bool:
    """Delete a file unless its product names it again, or it was written again.

    The product is locked, because a client may upload the same image at this moment.
    """
    rows = Product.all_objects.select_for_update(of=("self",), no_key=True).only(*FILE_FIELDS)
    owner = rows.filter(pk=owner_of(name)).first()
    is_orphan = not owner or name not in file_names(owner)
    if not is_orphan or not is_older(name, before):
        return False
    default_storage.delete(name)
    return True


def find_missing() -> Iterator[tuple[UUID, str]]:
    """Give each name that a product has for a file which is not there, with the product's id."""
    with_image = Product.all_objects.exclude(image="")
    for keys in pk_batches(with_image):
        for product in with_image.filter(pk__in=keys).only(*FILE_FIELDS).order_by("pk"):
            for name in sorted(file_names(product)):
                if not default_storage.exists(name):
                    yield product.pk, name


def walk(folder: str) -> Iterator[str]:
    """Name every file in and below a folder of the storage; a folder that is not there has none."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}/{name}"
    for name in folders:
        yield from walk(f"{folder}/{name}")


def is_older(name: str, before: datetime) -> bool:
    """Tell whether a file is there still, and was last written before this time."""
    with suppress(FileNotFoundError):
        return default_storage.get_modified_time(name) < before
    return False


def names_of(owners: set[UUID | None]) -> set[str]:
    products = Product.all_objects.filter(pk__in=owners - {None}).only(*FILE_FIELDS)
    return {name for product in products for name in file_names(product)}
