"""Deleting rows together, and bringing back exactly those."""

from django.db import IntegrityError, transaction

from core.models import CatalogModel, CatalogQuerySet, FormerSlug
from core.uniqueness import conflicts_named


def join_deletion(deleted: CatalogModel, *sets: CatalogQuerySet) -> None:
    """Delete all live rows of these sets as part of the deletion of a row."""
    for rows in sets:
        rows.live().change(deleted_at=deleted.deleted_at, deletion_id=deleted.deletion_id)


def restore_one(row: CatalogModel, slug: str = "") -> None:
    """Bring one row back, under another slug where one is given.

    Raises `SlugConflict` or `SkuConflict` where a live row has taken its place.
    """
    former, values = row.slug, {"slug": slug or row.slug}
    with conflicts_named(type(row), {"sku": getattr(row, "sku", None), **values}):
        row.restore(**values)
        if row.slug != former:
            FormerSlug.remember(row, former)


@transaction.atomic
def restore_together(row: CatalogModel, slug: str = "") -> None:
    """Bring back this row and all that were deleted with it, or nothing.

    Raises `SlugConflict` or `SkuConflict` where a live row has taken a place.
    """
    deletion_id = row.deletion_id
    restore_one(row, slug)
    for model in CatalogModel.__subclasses__():
        restore_all(model.all_objects.filter(deletion_id=deletion_id))


def restore_all(rows: CatalogQuerySet) -> None:
    """Bring rows back in one UPDATE.

    Raises `SlugConflict` or `SkuConflict` where a live row has taken the place of one.
    """
    try:
        with transaction.atomic():
            rows.change(deleted_at=None, deletion_id=None)
    except IntegrityError:
        for row in rows:  # to learn whose place it is
            restore_one(row)
