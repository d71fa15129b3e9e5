"""Calls to a server that may be unavailable, without every caller waiting for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

RESET_TIMEOUT = 5.0  # seconds between two trial calls while the circuit is open


class CircuitOpen(Exception):
    """The server failed a moment ago, and no trial call is due."""


class CircuitBreaker:
    """A circuit breaker of this process: while open, one trial call every `RESET_TIMEOUT`.

    `expected` are the exceptions of an unavailable server. With an `admission_timeout`, calls
    run one at a time while the circuit is closed, too, and wait up to so many seconds for their
    turn: a longer wait means that another call is about to find the server unavailable.
    """

    def __init__(self, *expected: type[Exception], admission_timeout: float | None = None) -> None:
        self.expected = expected
        self.admission_timeout = admission_timeout
        self._trial_lock = Lock()
        self._open_until: float | None = None  # None while closed

    @property
    def is_closed(self) -> bool:
        return self._open_until is None

    def open(self) -> None:
        """Reject all calls for `RESET_TIMEOUT`."""
        self._open_until = monotonic() + RESET_TIMEOUT

    def half_open(self) -> None:
        """Allow a trial call now."""
        self._open_until = monotonic()

    def close(self) -> None:
        """Allow all calls."""
        self._open_until = None

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Make a call in this context. Raises `CircuitOpen` instead of waiting in vain."""
        with self._admit():
            try:
                yield
            except self.expected:
                self.open()
                raise
            self.close()

    @contextmanager
    def _admit(self) -> Iterator[None]:
        is_closed = self.is_closed
        if is_closed and self.admission_timeout is None:
            yield
            return
        timeout = self.admission_timeout if is_closed else None
        if not self._trial_lock.acquire(timeout=timeout or 0):
            raise CircuitOpen
        try:
            open_until = self._open_until  # read once: a call that was admitted before may close it
            if open_until is not None and monotonic() < open_until:
                raise CircuitOpen
            yield
        finally:
            self._trial_lock.release()
