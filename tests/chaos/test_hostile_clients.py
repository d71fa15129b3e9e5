"""Clients are slow, silent or greedy, and a database is frozen.

/health/live/ responds within a second, other clients have at least half of their usual rate, no
body is stored beyond the limit, and all is well once the database is.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from secrets import token_hex
from threading import Event, Thread
from time import monotonic, sleep
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.chaos.hostile_clients import Attack, attacks, run_attack, send_large_form
from tests.chaos.measurements import (
    Measurement,
    Scale,
    expect_all,
    expect_at_least,
    expect_at_most,
    information,
)
from tests.chaos.service import SupervisedService, running_service
from tests.support.http_client import HttpResponse
from tests.support.photographs import photograph
from tests.support.servers.proxies import FreezableProxy
from tests.support.servers.service import HAS_NGINX
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

CLIENTS = 8  # that behave well
WAITING = 60  # clients of a frozen database
LARGE = (4400, 3300)  # pixels: 9.5 MB
FROZEN = 12  # seconds; longer than a check of a connection (7 s) and a new one (3 s)
NO_RESPONSE = 60  # seconds
FORM_PATHS = ["/admin/login/", "/media/products/00/x.jpg", "/api/products/", "/nothing"]


class ProxiedService(SupervisedService):
    """The service behind nginx, and with a proxy to its database that can be frozen."""

    def __init__(self, database_url: str, folder: Path, **environment: str) -> None:
        parts = urlsplit(database_url)
        self.database = FreezableProxy(parts.hostname or "127.0.0.1", parts.port or 5432)
        user = parts.netloc.rpartition("@")[0]
        netloc = f"{user}@127.0.0.1:{self.database.port}"
        super().__init__(urlunsplit(parts._replace(netloc=netloc)), folder, **environment)
        self.add_nginx()
        self.environment["TMPDIR"] = str(folder)

    def stop(self) -> None:
        super().stop()
        self.database.close()

    def temporary_bytes(self) -> int:
        """Return the size of the deleted files that nginx and Gunicorn hold open."""
        pids = [pid for name in ("nginx", "web") for pid in self.children(name)]
        return sum(deleted_size(file) for pid in pids for file in Path(f"/proc/{pid}/fd").glob("*"))


def deleted_size(descriptor: Path) -> int:
    with suppress(OSError):
        if str(descriptor.readlink()).endswith("(deleted)"):
            return descriptor.stat().st_size
    return 0


def test_hostile_clients_and_a_frozen_database_stop_nobody(scale: Scale, record):
    if not HAS_NGINX:
        record(information("nginx is not installed", "not tested"))
        pytest.skip("nginx is not installed")
    seconds = max(2.0, 5 * scale.factor)
    with running_service(ProxiedService) as service:
        image = service.create_product(photograph(Random(scale.seed), LARGE)).json["image"]
        service.wait_until_finished()
        measurements = []
        for attack in attacks(urlsplit(image).path):
            measurements += measure_attack(service, attack, seconds)
        measurements += measure_large_forms(service)
        measurements += measure_frozen_database(service, seconds)
        record(*measurements)


def measure_attack(service: SupervisedService, attack: Attack, seconds: float) -> list[Measurement]:
    usual = request_rate(service, seconds)
    with run_attack(attack, service.port):
        sleep(0.5)
        with live_probes(service) as times:
            rate = request_rate(service, seconds)
    return [
        expect_at_most(f"{attack.name}: slowest live probe", max(times), 1, "s"),
        expect_at_least(f"{attack.name}: others, of their usual rate", 100 * rate / usual, 50, "%"),
    ]


def request_rate(service: SupervisedService, seconds: float) -> float:
    """Return how many requests per second of well-behaved clients get 200."""
    end = monotonic() + seconds

    def run_client(_: int) -> int:
        successes = 0
        while monotonic() < end:
            with suppress(OSError, HTTPException):
                connection = HTTPConnection("127.0.0.1", service.port, timeout=seconds)
                while monotonic() < end:
                    connection.request("GET", "/api/categories/")
                    response = connection.getresponse()
                    response.read()
                    successes += response.status == 200
        return successes

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(run_client, range(CLIENTS))) / seconds


@contextmanager
def live_probes(service: SupervisedService) -> Iterator[list[float]]:
    """Probe liveness ten times a second; yield a list that collects the response times."""
    times: list[float] = []
    stopping = Event()

    def probe() -> None:
        while True:  # at least once, however short the block is
            start = monotonic()
            response = get(service, "/health/live/")
            is_live = response is not None and response.status == 200
            times.append(monotonic() - start if is_live else NO_RESPONSE)
            if stopping.wait(0.1):
                return

    thread = Thread(target=probe)
    thread.start()
    try:
        yield times
    finally:
        stopping.set()
        thread.join()


def measure_large_forms(service: ProxiedService) -> list[Measurement]:
    """Send 600 MB to several paths at once, with a length and in chunks, and measure the disk."""
    forms = [(path, is_chunked) for path in FORM_PATHS for is_chunked in (False, True)]
    stored = [0.0]
    with live_probes(service) as times, ThreadPoolExecutor(len(forms)) as pool:
        sent = [
            pool.submit(send_large_form, service.port, path, is_chunked=is_chunked)
            for path, is_chunked in forms
        ]
        while not all(form.done() for form in sent):
            stored.append(service.temporary_bytes() / len(forms) / 2**20)
            sleep(0.01)
    statuses = [form.result() for form in sent]
    return [
        expect_all("forms of 600 MB: 413", statuses.count(413), len(statuses)),
        expect_at_most("forms of 600 MB: most that is stored of each", max(stored), 11, "MiB"),
        expect_at_most("forms of 600 MB: slowest live probe", max(times), 1, "s"),
    ]


def measure_frozen_database(service: ProxiedService, seconds: float) -> list[Measurement]:
    usual = request_rate(service, seconds)
    service.database.freeze()
    with live_probes(service) as times, ThreadPoolExecutor(WAITING) as pool:
        lists = list(pool.map(lambda _: get_repeatedly(service), range(WAITING)))
    responses = [response for responses in lists for response in responses]
    service.database.thaw()
    start = monotonic()
    wait_until(lambda: (response := get_from_database(service)) and response.status == 200, 30)
    recovery = monotonic() - start
    rate = 100 * request_rate(service, seconds) / usual
    rejected = sum(map(is_503, responses))
    return [
        expect_at_most("frozen database: slowest live probe", max(times), 1, "s"),
        expect_all("frozen database: 503 with Retry-After", rejected, len(responses)),
        expect_at_most("frozen database: first 200 after its return", recovery, 3, "s"),
        expect_at_least("frozen database: usual rate after it", rate, 50, "%"),
    ]


def get(service: SupervisedService, path: str = "/api/categories/") -> HttpResponse | None:
    try:
        return service.request("GET", path)
    except (OSError, HTTPException):
        return None


def get_from_database(service: SupervisedService) -> HttpResponse | None:
    """Request a list that nobody requested before: others are answered from Redis, too."""
    return get(service, f"/api/categories/?search={token_hex(8)}")


def get_repeatedly(service: SupervisedService) -> list[HttpResponse | None]:
    """Send requests, as clients do, until every timeout of the database has passed."""
    end = monotonic() + FROZEN
    responses = []
    while monotonic() < end:
        responses.append(get_from_database(service))
        sleep(0.5)
    return responses


def is_503(response: HttpResponse | None) -> bool:
    return response is not None and response.status == 503 and "Retry-After" in response.headers
