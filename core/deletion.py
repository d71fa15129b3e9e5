"""Deleting rows together, and bringing back exactly those."""

from django.db import transaction

from core.models import CatalogModel, CatalogQuerySet
from core.uniqueness import conflicts_named


def join_deletion(deleted: CatalogModel, *sets: CatalogQuerySet) -> None:
    """Delete all live rows of these sets as part of the deletion of a row."""
    for rows in sets:
        rows.live().change(deleted_at=deleted.deleted_at, deletion_id=deleted.deletion_id)


def restore_one(row: CatalogModel, slug: str = "") -> None:
    """Bring one row back, under another slug where one is given.

    Raises `SlugConflict` or `SkuConflict` where a live row has taken its place.
    """
    values = {"slug": slug or row.slug}
    with conflicts_named(type(row), {"sku": getattr(row, "sku", None), **values}):
        row.restore(**values)


@transaction.atomic
def restore_together(row: CatalogModel, slug: str = "") -> None:
    """Bring back this row and all that were deleted with it, or nothing.

    Raises `SlugConflict` or `SkuConflict` where a live row has taken a place.
    """
    deletion_id = row.deletion_id
    restore_one(row, slug)
    for model in CatalogModel.__subclasses__():
        for other in model.all_objects.filter(deletion_id=deletion_id):
            restore_one(other)
