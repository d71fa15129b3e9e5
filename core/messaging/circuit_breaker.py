"""Asking a server that may be away, without everybody waiting for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

PAUSE = 5.0  # seconds between two tries while the server is away


class Away(Exception):
    """The server did not answer a moment ago, and it is not this call's turn to look again."""


class Breaker:
    """Remembers that a server is away, so that one call in five seconds waits for it, not all.

    `failures` are what a call raises where nobody answers. With `patience`, calls take turns
    also while all is well, and wait for theirs so many seconds: where a turn is long in coming,
    another call is finding the server away.
    """

    def __init__(self, *failures: type[Exception], patience: float | None = None) -> None:
        self.failures = failures
        self.patience = patience
        self.turn = Lock()
        self.try_again_at: float | None = None  # None while all is well

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Make a call in here. Raises `Away` at once where it would wait in vain."""
        with self.admission():
            try:
                yield
            except self.failures:
                self.try_again_at = monotonic() + PAUSE
                raise
            self.try_again_at = None

    @contextmanager
    def admission(self) -> Iterator[None]:
        is_well = self.try_again_at is None
        if is_well and self.patience is None:
            yield
            return
        if not self.turn.acquire(timeout=self.patience if is_well else 0):
            raise Away
        try:
            if self.try_again_at is not None and monotonic() < self.try_again_at:
                raise Away
            yield
        finally:
            self.turn.release()
