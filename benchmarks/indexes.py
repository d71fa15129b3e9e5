"""What each index of products costs an insert, in one transaction that is rolled back."""

from contextlib import closing
from time import perf_counter
from typing import Any

import psycopg2

from benchmarks.data import SECONDARY_INDEXES
from benchmarks.measure import Spread
from benchmarks.scenario import Measured, Options, Scenario
from benchmarks.servers import Servers

ROWS = 2_000
# Copies of rows from all over the table: whatever columns there are, only these differ.
INSERT = f"""
INSERT INTO products_product
SELECT (jsonb_populate_record(product, jsonb_build_object(
    'id', gen_random_uuid(), 'slug', slug || '-copy', 'sku', sku || '-copy'))).*
FROM (SELECT p, p.slug, p.sku FROM products_product AS p
    WHERE deleted_at IS NULL ORDER BY md5(p.id::text) LIMIT {ROWS}) AS rows (product, slug, sku)
"""


def index_costs(servers: Servers, options: Options) -> list[Measured]:
    """Measure an insert with all indexes, and without each of them."""
    url = servers.database_url
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(SECONDARY_INDEXES)
        costs: dict[str, list[float]] = {name: [] for name in ("", *(n for n, _ in cursor))}
        connection.commit()
        for number in range(-1, options.rounds):
            for name, values in costs.items():
                duration = insert_without(name, cursor)
                connection.rollback()
                if number >= 0:
                    values.append(duration)
    everything = Measured("all indexes", Spread.of(costs.pop("")), "µs a row")
    return [
        everything,
        *(
            Measured(f"without {name}", Spread.of(values), "µs a row")
            for name, values in costs.items()
        ),
    ]


def insert_without(index: str, cursor: Any) -> float:
    """Return the microseconds of an insert a row."""
    if index:
        cursor.execute(f"DROP INDEX {index}")
    start = perf_counter()
    cursor.execute(INSERT)
    return (perf_counter() - start) * 1e6 / ROWS


SCENARIOS = [Scenario("indexes", "Insert of 2,000 products, by SQL", index_costs)]
