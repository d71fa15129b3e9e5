"""Clients that send requests on a schedule, whatever happens to earlier requests."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from time import monotonic, sleep

from tests.chaos.measurements import Scale
from tests.chaos.service import SupervisedService
from tests.support.http_client import HttpResponse
from tests.support.photographs import photographs

CREATES, READS = 20, 50  # per second, unless a scenario passes other rates
CLIENTS = 60
CALM = 10  # seconds
OUTAGE = 30


@dataclass(frozen=True)
class Call:
    """A request: when it was sent, in seconds from the start, and how long its response took."""

    method: str
    at: float
    seconds: float
    status: int  # 0 without a response
    product_id: str = ""


class Load:
    """Creates products with an image of 200 KB, and reads lists, at a steady rate."""

    def __init__(self, service: SupervisedService, seed: int) -> None:
        self.service = service
        self.images = photographs(seed)
        self.start = monotonic()

    def create(self, image: bytes) -> Call:
        return self.timed("POST", lambda: self.service.create_product(image))

    def read(self) -> Call:
        return self.timed("GET", lambda: self.service.request("GET", "/api/products/"))

    def timed(self, method: str, send: Callable[[], HttpResponse]) -> Call:
        start = monotonic()
        try:
            response = send()
        except (OSError, HTTPException):
            return Call(method, start - self.start, monotonic() - start, 0)
        seconds = monotonic() - start
        product_id = response.json["id"] if response.status == 201 else ""
        return Call(method, start - self.start, seconds, response.status, product_id)

    def run(self, seconds: float, creates: float = CREATES, reads: float = READS) -> list[Call]:
        """Send requests for this long, and return all calls once they have a response."""
        times = [("POST", number / creates) for number in range(round(seconds * creates))]
        times += [("GET", number / reads) for number in range(round(seconds * reads))]
        start = monotonic()
        with ThreadPoolExecutor(CLIENTS) as pool:
            calls: list[Future[Call]] = []
            for method, at in sorted(times, key=lambda call: call[1]):
                sleep(max(0, start + at - monotonic()))
                calls.append(
                    pool.submit(self.create, next(self.images))
                    if method == "POST"
                    else pool.submit(self.read)
                )
            return [call.result() for call in calls]

    @contextmanager
    def in_background(self, seconds: float, **rates: float) -> Iterator[Future[list[Call]]]:
        """Send requests for this long during the block; the result is complete at its end."""
        with ThreadPoolExecutor(1) as pool:
            yield pool.submit(self.run, seconds, **rates)


@dataclass(frozen=True)
class Outages:
    """The calls of a calm time, those of all outages, and the longest time to recover."""

    calm: list[Call]
    calls: list[Call]
    recovery: float  # seconds until no image was unfinished

    @property
    def created(self) -> list[str]:
        return created_ids(self.calm + self.calls)

    @property
    def added_p99(self) -> float:
        return p99(self.calls) - p99(self.calm)


def run_outages(
    service: SupervisedService,
    scale: Scale,
    interrupt: Callable[[], None],
    resume: Callable[[], None],
) -> Outages:
    """Interrupt the broker under load five times, and resume it after the last response."""
    load = Load(service, scale.seed)
    calm = load.run(CALM)
    service.wait_until_finished()
    calls, recoveries = [], []
    for _ in range(scale.of(5)):
        with load.in_background(OUTAGE * min(1, 5 * scale.factor)) as results:
            sleep(1)
            interrupt()
        resume()
        recoveries.append(service.wait_until_finished())
        calls += results.result()
    return Outages(calm, calls, max(recoveries))


def percentile(values: Sequence[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def p99(calls: Sequence[Call]) -> float:
    """Return the 99th percentile of the response times, in milliseconds."""
    return percentile([call.seconds * 1000 for call in calls], 99)


def created_ids(calls: Sequence[Call]) -> list[str]:
    return [call.product_id for call in calls if call.product_id]


def count_failures(calls: Sequence[Call]) -> int:
    return sum(call.status not in range(200, 300) for call in calls)
