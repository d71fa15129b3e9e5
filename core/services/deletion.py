"""Soft-delete sets of rows of any size."""

from core.db.batches import pk_batches
from core.models import CatalogModel, CatalogQuerySet


def soft_delete_with(deleted: CatalogModel, rows: CatalogQuerySet) -> None:
    """Soft-delete all live rows of a set as part of the deletion of a row."""
    for keys in pk_batches(rows.live()):
        rows.live().filter(pk__in=keys).update_versioned(
            deleted_at=deleted.deleted_at, deletion_id=deleted.deletion_id
        )
