"""Hard-delete products that were deleted long ago."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction

from core.db.batches import pk_batches
from core.models import SlugRedirect
from core.services.purge import purge_in_batches
from products.models import Product, ProductQuerySet
from products.services.images import FILE_FIELDS, referenced_files


def purge_products(*, before: datetime) -> int:
    """Purge products that were deleted before this time, with their files; return the number.

    Raises `PurgeIncomplete`.
    """
    expired = Product.all_objects.deleted().filter(deleted_at__lt=before)
    return purge_in_batches(pk_batches(expired), partial(purge_batch, expired))


@transaction.atomic
def purge_batch(expired: ProductQuerySet, keys: list[UUID]) -> int:
    """Hard-delete those that are still expired; their files go after the commit."""
    # Selected again, and locked: a client may have restored one, and even deleted it once more.
    locked = expired.filter(pk__in=keys).select_for_update().order_by("pk")
    products = list(locked.only("slug", "deleted_at", *FILE_FIELDS))
    names = [name for product in products for name in referenced_files(product)]
    SlugRedirect.delete_for(products)
    Product.all_objects.filter(pk__in=[product.pk for product in products]).hard_delete()
    # The files go last: a row must never refer to a missing one. Robust, because `collect_media`
    # finds what an unavailable storage could not delete. A lambda, because Django logs a failure
    # under the function's name, which a partial does not have.
    transaction.on_commit(lambda: delete_files(names), robust=True)
    return len(products)


def delete_files(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)
