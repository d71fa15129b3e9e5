"""Samplers that run beside a scenario, in a thread."""

from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import Self

from tests.chaos.service import SupervisedService, peak_memory

PROCESSING = """
    SELECT id::text, thumbnail_attempts FROM products_product
    WHERE thumbnail_status IN ('pending', 'processing') AND thumbnail_attempts > 0
"""
RUNNING = """
    SELECT extract(epoch FROM max(clock_timestamp() - query_start))::float FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()
"""


class Sampler:
    """Calls `sample` at an interval, in seconds, for as long as its block lasts."""

    interval: float

    def __init__(self, service: SupervisedService) -> None:
        self.service = service
        self.stopping = Event()
        self.thread = Thread(target=self.run, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self.thread.join()

    def run(self) -> None:
        while not self.stopping.wait(self.interval):
            self.sample()

    def sample(self) -> None:
        raise NotImplementedError


class WorkSampler(Sampler):
    """Measures how long each attempt at an image lasts, and the memory of the worker."""

    interval = 0.2

    def __init__(self, service: SupervisedService) -> None:
        super().__init__(service)
        self.first_seen: dict[tuple[str, int], float] = {}
        self.last_seen: dict[tuple[str, int], float] = {}
        self.peak_memory = 0.0

    def sample(self) -> None:
        now = monotonic()
        for attempt in self.service.rows(PROCESSING):
            self.first_seen.setdefault(attempt, now)
            self.last_seen[attempt] = now
        if "worker" in self.service.processes:
            children = self.service.children("worker")
            self.peak_memory = max(self.peak_memory, *map(peak_memory, children), 0)

    @property
    def longest_attempt(self) -> float:
        """Return the longest time from one attempt to the next, or to the end, in seconds."""
        return max(
            (self.last_seen[attempt] - first for attempt, first in self.first_seen.items()),
            default=0,
        )


class StatementSampler(Sampler):
    """Measures how long the database has been executing a statement."""

    interval = 0.05

    def __init__(self, service: SupervisedService) -> None:
        super().__init__(service)
        self.slowest = 0.0

    def sample(self) -> None:
        ((seconds,),) = self.service.rows(RUNNING)
        self.slowest = max(self.slowest, seconds or 0)
