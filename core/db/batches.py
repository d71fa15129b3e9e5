"""Iterate over sets of rows of any size."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

BATCH_SIZE = 500  # rows that a statement writes: a restored product enters a dozen indexes
FETCH_SIZE = 10_000  # keys that a statement reads


def pk_batches(rows: QuerySet, size: int = BATCH_SIZE) -> Iterator[list[Any]]:
    """Yield the keys of these rows in ascending order, `size` at a time.

    No statement grows with the set, and rows may leave it meanwhile. A caller that writes must
    filter by the keys *and* by the condition of the set again: other clients write too.
    """
    keys = rows.order_by("pk").values_list("pk", flat=True)
    page = list(keys[:FETCH_SIZE])
    while page:
        yield from (page[start : start + size] for start in range(0, len(page), size))
        page = list(keys.filter(pk__gt=page[-1])[:FETCH_SIZE]) if len(page) == FETCH_SIZE else []
