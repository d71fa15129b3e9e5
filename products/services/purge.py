"""Removing for good what was deleted long ago."""

from collections.abc import Iterable
from datetime import datetime

from django.core.files.storage import default_storage
from django.db import transaction

from core.models import FormerSlug
from products.models import Product
from products.services.pictures import file_names

BATCH = 500


def purge_products(*, before: datetime) -> int:
    """Remove products that were deleted before this time, with their files; give the number."""
    expired = Product.all_objects.deleted().filter(deleted_at__lt=before).order_by("pk")
    count = 0
    while batch := list(expired[:BATCH]):
        purge(batch)
        count += len(batch)
    return count


@transaction.atomic
def purge(products: list[Product]) -> None:
    keys = [product.pk for product in products]
    # Again, and locked: a client may have restored one a moment ago.
    still_deleted = Product.all_objects.deleted().filter(pk__in=keys).select_for_update()
    names = [name for product in still_deleted for name in file_names(product)]
    purged = Product.all_objects.filter(pk__in=[product.pk for product in still_deleted])
    FormerSlug.forget(purged)
    purged.hard_delete()
    # The files go last: a row must never name one that is gone. Robust, because
    # `collect_media` finds what a storage that is away could not delete.
    transaction.on_commit(lambda: delete_files(names), robust=True)


def delete_files(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)
