"""Soft-delete and hard-delete sets of rows of any size."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.db import DatabaseError

from core.db.batches import pk_batches
from core.errors import PurgeIncomplete
from core.models import CatalogModel, CatalogQuerySet

logger = logging.getLogger(__name__)

Keys = list[Any]


def soft_delete_with(deleted: CatalogModel, *sets: CatalogQuerySet) -> None:
    """Delete all live rows of these sets as part of the deletion of a row."""
    for rows in sets:
        for keys in pk_batches(rows.live()):
            rows.live().filter(pk__in=keys).update_versioned(
                deleted_at=deleted.deleted_at, deletion_id=deleted.deletion_id
            )


def purge_in_pieces(batches: Iterable[Keys], purge: Callable[[Keys], int]) -> int:
    """Purge batch by batch, each in a transaction of its own, and return the number of rows.

    The rows of a batch that fails are tried one by one: what cannot be purged stops nothing
    else. Raises `PurgeIncomplete` at the end if there was any.
    """
    purged, failed = 0, []
    for keys in batches:
        try:
            purged += purge(keys)
        except DatabaseError:
            for key in keys:
                try:
                    purged += purge([key])
                except DatabaseError:
                    logger.exception("%s cannot be purged.", key)
                    failed.append(key)
    if failed:
        raise PurgeIncomplete(f"{purged} rows were purged, {len(failed)} could not be.")
    return purged
