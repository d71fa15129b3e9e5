"""Locks that last until the transaction ends. SQLite needs none: a writing transaction is alone."""

from collections.abc import Iterable
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

if TYPE_CHECKING:
    from core.models import SoftDeleteModel, SoftDeleteQuerySet

MAX_ADVISORY_LOCKS = 200  # per transaction; PostgreSQL has shared memory for a limited number


def advisory_lock_id(*name: str) -> int:
    """Return the 64-bit id of an advisory lock from the parts of its name.

    Every part is preceded by its length, so that no part can imitate another, and the hash is
    one whose collisions nobody can find: clients choose parts of some names.
    """
    text = "".join(f"{len(part)}:{part}" for part in name)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def advisory_xact_lock(*name: str) -> None:
    """Acquire an advisory lock, or wait for it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [advisory_lock_id(*name)])


def lock_if_live(row: "SoftDeleteModel") -> bool:
    """Lock a row FOR SHARE if it is live, and return whether it is.

    For a transaction that writes a reference to the row: a deletion that has begun is waited
    for, and one that begins later waits, and sees the reference.
    """
    table, key = (connection.ops.quote_name(name) for name in (row._meta.db_table, "id"))
    query = f"SELECT 1 FROM {table} WHERE {key} = %s AND deleted_at IS NULL"  # noqa: S608 -- our own names
    values = [row._meta.pk.get_db_prep_value(row.pk, connection)]
    if connection.vendor == "postgresql":
        query = f"SELECT pg_advisory_xact_lock_shared(%s); {query} FOR SHARE"
        values.insert(0, advisory_lock_id("row", str(row.pk)))
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone() is not None


def block_new_references(keys: Iterable[UUID]) -> None:
    """Make transactions that call `lock_if_live` for one of these rows wait for this one.

    Row locks are not queued fairly: while each client acquires its FOR SHARE before the last one
    has committed, a deletion would wait for ever. Beyond `MAX_ADVISORY_LOCKS` rows that is
    accepted.
    """
    if connection.vendor == "postgresql":
        first = islice(sorted(keys), MAX_ADVISORY_LOCKS)
        ids = [advisory_lock_id("row", str(key)) for key in first]
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(id) FROM unnest(%s::bigint[]) id", [ids])


def lock_rows(rows: "SoftDeleteQuerySet") -> list[Any]:
    """Lock rows FOR NO KEY UPDATE, and return the keys of those found.

    Always in the order of the keys, so that two transactions cannot deadlock.
    """
    locked = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
    return list(locked.values_list("pk", flat=True))
