"""G14: clients that are slow, silent or greedy, and a database that is frozen.

Goal: /health/live/ within a second, at least half of the usual rate for other clients, nothing of
a body kept beyond the limit, and all is well when the database is.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tests.chaos.attacks import attacks, send_large_form, under
from tests.chaos.harness import Service, running
from tests.chaos.report import Figure, Scale, all_of, at_least, at_most
from tests.support.http_client import HttpResponse
from tests.support.photographs import photograph
from tests.support.servers.proxies import FreezableProxy
from tests.support.servers.service import HAS_NGINX
from tests.support.waiting import wait_until

CLIENTS = 8  # others, who behave
WAITING = 60  # clients of a frozen database
LARGE = (4400, 3300)  # pixels: 9.5 MB
FROZEN = 12  # seconds; longer than a check of a connection (7 s) and a new one (3 s)
NO_ANSWER = 60  # seconds
FORMS = ["/admin/login/", "/media/products/00/x.jpg", "/api/products/", "/nothing"]


class FrontedService(Service):
    """The service behind nginx, and behind a proxy to its database that can freeze."""

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

    def kept(self) -> int:
        """Count the bytes of temporary files that nginx and Gunicorn hold open, deleted or not."""
        pids = [pid for name in ("nginx", "web") for pid in self.children(name)]
        return sum(size_of(file) for pid in pids for file in Path(f"/proc/{pid}/fd").glob("*"))


def size_of(descriptor: Path) -> int:
    with suppress(OSError):
        if str(descriptor.readlink()).endswith("(deleted)"):
            return descriptor.stat().st_size
    return 0


def run(scale: Scale) -> list[Figure]:
    if not HAS_NGINX:
        return [Figure("nginx is not installed here", "not tried", "-", True)]
    seconds = max(2.0, 5 * scale.part)
    with running(FrontedService) as service:
        image = service.create_product(photograph(Random(scale.seed), LARGE)).json["image"]
        service.wait_until_settled()
        figures = []
        for attack in attacks(urlsplit(image).path):
            figures += others_during(
                service, attack.what, seconds, lambda attack=attack: under(attack, service.port)
            )
        return figures + large_forms(service) + frozen_database(service, seconds)


def others_during(
    service: Service, what: str, seconds: float, trouble: Callable[[], Any]
) -> list[Figure]:
    usual = rate(service, seconds)
    with trouble():
        sleep(0.5)
        with probes(service) as times:
            now = rate(service, seconds)
    return [
        at_most(f"{what}: slowest live probe", max(times), 1, "s"),
        at_least(f"{what}: others, of their usual rate", 100 * now / usual, 50, "%"),
    ]


def rate(service: Service, seconds: float) -> float:
    """Return how many requests a second of well-behaved clients are answered with 200."""
    end = monotonic() + seconds

    def client(_: int) -> int:
        good = 0
        while monotonic() < end:
            with suppress(OSError, HTTPException):
                connection = HTTPConnection("127.0.0.1", service.port, timeout=seconds)
                while monotonic() < end:
                    connection.request("GET", "/api/categories/")
                    response = connection.getresponse()
                    response.read()
                    good += response.status == 200
        return good

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(client, range(CLIENTS))) / seconds


@contextmanager
def probes(service: Service) -> Iterator[list[float]]:
    """Ask whether the service lives, ten times a second; collect how long each answer took."""
    times: list[float] = []
    over = Event()

    def probe() -> None:
        while True:  # once at least, however soon it is over
            start = monotonic()
            answer = ask(service, "/health/live/")
            is_alive = answer is not None and answer.status == 200
            times.append(monotonic() - start if is_alive else NO_ANSWER)
            if over.wait(0.1):
                return

    thread = Thread(target=probe)
    thread.start()
    try:
        yield times
    finally:
        over.set()
        thread.join()


def large_forms(service: FrontedService) -> list[Figure]:
    """Send 600 MB to several paths at once, with a length and in chunks, and look at the disk."""
    kinds = [(path, is_chunked) for path in FORMS for is_chunked in (False, True)]
    kept = [0.0]
    with probes(service) as times, ThreadPoolExecutor(len(kinds)) as pool:
        sent = [
            pool.submit(send_large_form, service.port, path, is_chunked=is_chunked)
            for path, is_chunked in kinds
        ]
        while not all(form.done() for form in sent):
            kept.append(service.kept() / len(kinds) / 2**20)
            sleep(0.01)
    statuses = [form.result() for form in sent]
    return [
        all_of("forms of 600 MB: 413", statuses.count(413), len(statuses)),
        at_most("forms of 600 MB: most that is kept of each", max(kept), 11, "MiB"),
        at_most("forms of 600 MB: slowest live probe", max(times), 1, "s"),
    ]


def frozen_database(service: FrontedService, seconds: float) -> list[Figure]:
    usual = rate(service, seconds)
    service.database.freeze()
    with probes(service) as times, ThreadPoolExecutor(WAITING) as pool:
        asked = list(pool.map(lambda _: keep_asking(service), range(WAITING)))
    answers = [answer for answers in asked for answer in answers]
    service.database.thaw()
    start = monotonic()
    wait_until(lambda: (answer := ask(service)) and answer.status == 200, 30)
    recovered = monotonic() - start
    return [
        at_most("frozen database: slowest live probe", max(times), 1, "s"),
        all_of("frozen database: 503 with Retry-After", sum(map(is_503, answers)), len(answers)),
        at_most("frozen database: first 200 after its return", recovered, 3, "s"),
        at_least(
            "frozen database: usual rate after it", 100 * rate(service, seconds) / usual, 50, "%"
        ),
    ]


def ask(service: Service, path: str = "/api/categories/") -> HttpResponse | None:
    try:
        return service.request("GET", path)
    except (OSError, HTTPException):
        return None


def keep_asking(service: Service) -> list[HttpResponse | None]:
    """Ask again and again, as clients do, until every wait for the database has had its end."""
    end = monotonic() + FROZEN
    answers = []
    while monotonic() < end:
        answers.append(ask(service))
        sleep(0.5)
    return answers


def is_503(answer: HttpResponse | None) -> bool:
    return answer is not None and answer.status == 503 and "Retry-After" in answer.headers
