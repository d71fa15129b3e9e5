"""A category with 100,000 products is deleted, restored, detached and purged under load.

Each succeeds, exactly what was deleted is restored, no statement comes near the limit of 5 s, and
clients that read and create meanwhile are all served.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest

from tests.chaos.load import Call, Load, count_failures, p99
from tests.chaos.measurements import Scale, expect_all, expect_at_most, expect_none, information
from tests.chaos.sampling import StatementSampler
from tests.chaos.service import SupervisedService, running_service
from tests.support.servers.databases import connect

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

STATEMENT_TIMEOUT = 5.0  # seconds
URL = "/api/categories/big/"
INSERT = """
    INSERT INTO products_product (id, name, slug, description, sku, search_text, price, currency,
        stock, is_active, attributes, image, thumbnail, renditions, thumbnail_status,
        thumbnail_attempts, version, created_at, updated_at, category_id)
    SELECT gen_random_uuid(), 'Blue mug ' || i, 'blue-mug-' || i, text, 'MUG-' || i, lower(text),
        9.9, 'USD', 3, true, '{"volume_ml": 350}', '', '', '{}', 'none', 0, 1, now(), now(),
        (SELECT id FROM categories_category WHERE slug = %s)
    FROM (SELECT i, 'A mug for tea, safe in a dishwasher ' || md5(i::text) AS text
        FROM generate_series(%s, %s) i) AS texts
"""
LIVE = """
    SELECT count(*), md5(string_agg(id::text || slug || category_id::text, ',' ORDER BY id))
    FROM products_product WHERE deleted_at IS NULL AND slug LIKE 'blue-mug-%%'
"""


def test_a_large_category_is_changed_while_others_are_served(scale: Scale, record):
    products = scale.of(100_000)
    with running_service() as service:
        service.request("POST", "/api/categories/", {"name": "Big", "slug": "big"})
        insert_products(service, products)
        before = service.rows(LIVE)
        with StatementSampler(service) as sampler, clients(service, scale.seed) as calls:
            statuses = [send(service, "DELETE", f"{URL}?strategy=cascade")]
            deleted = products - service.rows(LIVE)[0][0]
            statuses.append(send(service, "POST", f"{URL}restore/"))
            restored = service.rows(LIVE)
            statuses.append(send(service, "DELETE", URL))
            service.manage("purge_deleted", "--days", "0")
            detached = service.count("category_id IS NULL AND slug LIKE %s", "blue-mug-%")
        failures, slowest = sum(status >= 300 for status in statuses), sampler.slowest
        record(
            expect_all("deleted in one request", deleted, products),
            expect_all("restored in one request", restored[0][0], products),
            expect_none("differences after the restore", int(restored != before)),
            expect_all("detached by the purge of the category", detached, products),
            expect_none("requests of this client without a 2xx", failures, len(statuses)),
            expect_at_most("slowest statement", slowest, STATEMENT_TIMEOUT / 2, "s"),
            expect_none("other requests without a 2xx", count_failures(calls), len(calls)),
            information("p99 of other requests", f"{p99(calls):,.0f} ms"),
        )


@contextmanager
def clients(service: SupervisedService, seed: int) -> Iterator[list[Call]]:
    """Read and create during the block; the calls are complete at its end."""
    load, stopping, calls = Load(service, seed), Event(), []

    def run() -> None:
        while not stopping.is_set():
            calls.extend(load.run(1, creates=4, reads=20))

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(run)
        try:
            yield calls
        finally:
            stopping.set()
        future.result()


def send(service: SupervisedService, method: str, path: str) -> int:
    """Send a request that may take minutes, and return the status."""
    return service.request(method, path, timeout=300, Content_Type="application/json").status


def insert_products(service: SupervisedService, products: int) -> None:
    with connect(service.environment["DATABASE_URL"]) as cursor:
        for start in range(1, products + 1, 5_000):
            cursor.execute(INSERT, ["big", start, min(start + 4_999, products)])
