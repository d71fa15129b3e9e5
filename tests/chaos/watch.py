"""A witness beside a plan: how long each picture was in work, and how much memory that took."""

from threading import Event, Thread
from time import monotonic
from types import TracebackType

from tests.chaos.harness import Service, memory

IN_WORK = """
    SELECT id::text, thumbnail_attempts FROM products_product
    WHERE thumbnail_status IN ('pending', 'processing') AND thumbnail_attempts > 0
"""


class Watch:
    """Looks at the rows and at the worker's children, several times a second."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.first_seen: dict[tuple[str, int], float] = {}
        self.last_seen: dict[tuple[str, int], float] = {}
        self.peak_memory = 0.0
        self.over = Event()
        self.thread = Thread(target=self.look_on, daemon=True)

    def __enter__(self) -> "Watch":
        self.thread.start()
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self.thread.join()

    def look_on(self) -> None:
        while not self.over.wait(0.2):
            now = monotonic()
            for start in self.service.rows(IN_WORK):
                self.first_seen.setdefault(start, now)
                self.last_seen[start] = now
            if "worker" in self.service.processes:
                children = self.service.children("worker")
                self.peak_memory = max(self.peak_memory, *map(memory, children), 0)

    @property
    def longest(self) -> float:
        """Give the longest time from one start of a picture to its next, or to its end."""
        return max(
            (self.last_seen[start] - first for start, first in self.first_seen.items()), default=0
        )

    @property
    def most_starts(self) -> int:
        return max((attempts for _, attempts in self.first_seen), default=0)
