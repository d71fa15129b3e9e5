"""Compare the numbers of products that triggers keep with the products, and correct them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from categories.product_counts import COUNTS_TABLE
from core.catalog_version import bump_at_commit
from core.db.deadlines import without_deadline
from core.db.locks import advisory_xact_lock
from products.count_triggers import IS_COUNTED

CORRECTION_LOCK = "products.product_counts"

# One statement, and so one snapshot: exact while other clients write.
DIFFERENCES = f"""
SELECT category_id, SUM(found) AS found, SUM(recorded) AS recorded FROM (
    SELECT category_id, COUNT(*) AS found, 0 AS recorded FROM products_product
    WHERE {IS_COUNTED} GROUP BY category_id
    UNION ALL
    SELECT category_id, 0, SUM(number) FROM {COUNTS_TABLE} GROUP BY category_id
) AS numbers
GROUP BY category_id HAVING SUM(found) <> SUM(recorded)
ORDER BY category_id"""
POSTGRES_CORRECTION = f"""
INSERT INTO {COUNTS_TABLE} (category_id, number)
SELECT category_id, found - recorded FROM ({DIFFERENCES}) AS differences"""
SQLITE_CORRECTION = f"""
INSERT INTO {COUNTS_TABLE} (category_id, number)
SELECT category_id, COUNT(*) FROM products_product WHERE {IS_COUNTED} GROUP BY category_id"""


class CountDifference(NamedTuple):
    """A category whose number of products is not the one that is recorded."""

    category_id: UUID
    found: int
    recorded: int


@contextmanager
def unlimited_transaction() -> Iterator[CursorWrapper]:
    """Yield a cursor in a transaction whose statements may take as long as all products need."""
    with without_deadline(), transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL statement_timeout = 0")
        yield cursor


def find_count_differences() -> list[CountDifference]:
    """Return the categories whose recorded number of products is wrong. Reads all products."""
    with unlimited_transaction() as cursor:
        cursor.execute(DIFFERENCES)
        return [
            CountDifference(UUID(str(category_id)), int(found), int(recorded))
            for category_id, found, recorded in cursor.fetchall()
        ]


def correct_counts() -> None:
    """Add what is missing to the recorded numbers. On PostgreSQL it makes no writer wait.

    Two corrections at once would both add the same difference, so one waits for the other.
    """
    with unlimited_transaction() as cursor:
        advisory_xact_lock(CORRECTION_LOCK)
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_CORRECTION)
        else:
            cursor.execute(f"DELETE FROM {COUNTS_TABLE}")
            cursor.execute(SQLITE_CORRECTION)
        bump_at_commit()
