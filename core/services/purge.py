"""Hard-delete what was deleted long ago."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.db import DatabaseError

logger = logging.getLogger(__name__)

Keys = list[Any]


class PurgeIncomplete(Exception):
    """Some rows could not be purged; the others were."""


def purge_in_batches(batches: Iterable[Keys], purge: Callable[[Keys], int]) -> int:
    """Purge batch by batch, each in a transaction of its own, and return the number of rows.

    The rows of a batch that fails are purged one by one, so that a row that cannot be purged
    keeps no other. Raises `PurgeIncomplete` at the end if there was any.
    """
    purged, failed = 0, 0
    for keys in batches:
        try:
            purged += purge(keys)
        except DatabaseError:
            for key in keys:
                try:
                    purged += purge([key])
                except DatabaseError:
                    logger.exception("%s cannot be purged.", key)
                    failed += 1
    if failed:
        raise PurgeIncomplete(f"{purged} rows were purged, {failed} could not be.")
    return purged
