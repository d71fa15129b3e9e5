"""Clients: calls on a schedule, whatever becomes of the calls before."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from time import monotonic, sleep

from tests.chaos.harness import Service
from tests.support.http_client import HttpResponse
from tests.support.photographs import photographs

CREATES, READS = 20, 50  # each second, unless a plan says otherwise
CLIENTS = 60


@dataclass(frozen=True)
class Call:
    """One request: when it was sent, in seconds from the start, and how long its answer took."""

    method: str
    at: float
    seconds: float
    status: int  # 0 where there was no answer
    product_id: str = ""


class Load:
    """Creates products with a picture of 200 KB, and reads lists, at a steady rate."""

    def __init__(self, service: Service, seed: int) -> None:
        self.service = service
        self.pictures = photographs(seed)
        self.start = monotonic()

    def create(self, picture: bytes) -> Call:
        return self.timed("POST", lambda: self.service.create_product(picture))

    def read(self) -> Call:
        return self.timed("GET", lambda: self.service.request("GET", "/api/products/"))

    def timed(self, method: str, ask: Callable[[], HttpResponse]) -> Call:
        start = monotonic()
        try:
            answer = ask()
        except (OSError, HTTPException):
            return Call(method, start - self.start, monotonic() - start, 0)
        seconds = monotonic() - start
        product_id = answer.json["id"] if answer.status == 201 else ""
        return Call(method, start - self.start, seconds, answer.status, product_id)

    def run(self, seconds: float, creates: float = CREATES, reads: float = READS) -> list[Call]:
        """Call for so long, and give every call once it is answered."""
        times = [("POST", number / creates) for number in range(round(seconds * creates))]
        times += [("GET", number / reads) for number in range(round(seconds * reads))]
        start = monotonic()
        with ThreadPoolExecutor(CLIENTS) as pool:
            calls: list[Future[Call]] = []
            for method, at in sorted(times, key=lambda call: call[1]):
                sleep(max(0, start + at - monotonic()))
                calls.append(
                    pool.submit(self.create, next(self.pictures))
                    if method == "POST"
                    else pool.submit(self.read)
                )
            return [call.result() for call in calls]

    @contextmanager
    def beside(self, seconds: float, **rates: float) -> Iterator[Future[list[Call]]]:
        """Call for so long while something else is done; the result is there at the end."""
        with ThreadPoolExecutor(1) as pool:
            yield pool.submit(self.run, seconds, **rates)


def percentile(values: Sequence[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def p99(calls: Sequence[Call]) -> float:
    """Give the 99th percentile of all answers, in milliseconds."""
    return percentile([call.seconds * 1000 for call in calls], 99)


def created(calls: Sequence[Call]) -> list[str]:
    return [call.product_id for call in calls if call.product_id]


def refused(calls: Sequence[Call]) -> int:
    return sum(call.status not in range(200, 300) for call in calls)
