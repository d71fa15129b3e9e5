"""G13: a category with 100,000 products is deleted, restored, detached and purged in use.

Goal: each succeeds, exactly what was deleted is restored, no statement comes near the limit of
5 s, and clients who read and create beside it are all served.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from threading import Event, Thread

import psycopg2

from tests.chaos.harness import Service, running
from tests.chaos.load import Call, Load, p99, refused
from tests.chaos.report import Figure, Scale, all_of, at_most, none_of

LIMIT = 5.0  # seconds, of a statement
URL = "/api/categories/big/"
FILL = """
    INSERT INTO products_product (id, name, slug, description, sku, search_text, price, currency,
        stock, is_active, attributes, image, thumbnail, renditions, thumbnail_status,
        thumbnail_attempts, version, created_at, updated_at, category_id)
    SELECT gen_random_uuid(), 'Blue mug ' || i, 'blue-mug-' || i, text, 'MUG-' || i, lower(text),
        9.9, 'USD', 3, true, '{"volume_ml": 350}', '', '', '{}', 'none', 0, 1, now(), now(),
        (SELECT id FROM categories_category WHERE slug = %s)
    FROM (SELECT i, 'A mug for tea, safe in a dishwasher ' || md5(i::text) AS text
        FROM generate_series(%s, %s) i) AS drawn
"""
LIVE = """
    SELECT count(*), md5(string_agg(id::text || slug || category_id::text, ',' ORDER BY id))
    FROM products_product WHERE deleted_at IS NULL AND slug LIKE 'blue-mug-%%'
"""
UNLINKED = """
    SELECT count(*) FROM products_product WHERE category_id IS NULL AND slug LIKE 'blue-mug-%%'
"""
RUNNING = """
    SELECT extract(epoch FROM max(clock_timestamp() - query_start))::float FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()
"""


class Statements:
    """Looks several times a second how long the database has been at a statement."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.slowest = 0.0
        self.over = Event()

    @contextmanager
    def watched(self) -> Iterator[None]:
        thread = Thread(target=self.look)
        thread.start()
        try:
            yield
        finally:
            self.over.set()
            thread.join()

    def look(self) -> None:
        while not self.over.wait(0.05):
            ((seconds,),) = self.service.rows(RUNNING)
            self.slowest = max(self.slowest, seconds or 0)


@contextmanager
def clients(service: Service, seed: int) -> Iterator[list[Call]]:
    """Read and create beside what is done meanwhile; the calls are there at the end."""
    load, over, calls = Load(service, seed), Event(), []

    def call() -> None:
        while not over.is_set():
            calls.extend(load.run(1, creates=4, reads=20))

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(call)
        try:
            yield calls
        finally:
            over.set()
        future.result()


def send(service: Service, method: str, path: str) -> int:
    """Send a request that may take its time, and return the status."""
    connection = HTTPConnection("127.0.0.1", service.port, timeout=300)
    connection.request(method, path, headers={"Content-Type": "application/json"})
    return connection.getresponse().status


def run(scale: Scale) -> list[Figure]:
    products = scale.of(100_000)
    with running() as service:
        service.request("POST", "/api/categories/", {"name": "Big", "slug": "big"})
        fill(service, products)
        return figures(service, products, scale.seed)


def fill(service: Service, products: int) -> None:
    connection = psycopg2.connect(service.environment["DATABASE_URL"])
    connection.autocommit = True
    with closing(connection), connection.cursor() as cursor:
        for start in range(1, products + 1, 5_000):
            cursor.execute(FILL, ["big", start, min(start + 4_999, products)])


def figures(service: Service, products: int, seed: int) -> list[Figure]:
    statements = Statements(service)
    before = service.rows(LIVE)
    with statements.watched(), clients(service, seed) as calls:
        statuses = [send(service, "DELETE", f"{URL}?strategy=cascade")]
        deleted = products - service.rows(LIVE)[0][0]
        statuses.append(send(service, "POST", f"{URL}restore/"))
        restored = service.rows(LIVE)
        statuses.append(send(service, "DELETE", URL))
        service.manage("purge_deleted", "--days", "0")
        unlinked = (
            "SELECT count(*) FROM products_product WHERE category_id IS NULL AND slug LIKE %s"
        )
        detached = service.rows(unlinked, "blue-mug-%")[0][0]
    return [
        all_of("deleted in one request", deleted, products),
        all_of("restored in one request", restored[0][0], products),
        none_of("differences of what was restored", int(restored != before)),
        all_of("detached by the purge of the category", detached, products),
        none_of("requests of this client without a 2xx", sum(s >= 300 for s in statuses), 3),
        at_most("slowest statement", statements.slowest, LIMIT / 2, "s"),
        none_of("requests beside it without a 2xx", refused(calls), len(calls)),
        Figure("p99 of the requests beside it", f"{p99(calls):,.0f} ms", "-", True),
    ]
