"""A bulkhead: probes get a thread even while all others are blocked."""

import weakref
from collections.abc import Callable
from threading import Condition, get_ident
from time import monotonic

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.api.errors import api_errors
from core.api.errors.problems import Problem
from core.db import deadlines

STUCK_TIMEOUT = 0.7  # seconds of waiting for the database; a probe's response is due in one
NO_PROGRESS_TIMEOUT = 3.0  # seconds without progress: not the database, and perhaps only slow
POLL_INTERVAL = 0.1  # seconds


class Bulkhead:
    """A number of slots, and whether the threads that hold them make progress."""

    def __init__(
        self, slots: int, waited: Callable[[int], float] = deadlines.seconds_waiting
    ) -> None:
        self.slots = slots
        self.waited = waited
        self.holders: list[int] = []  # threads
        self.changed = Condition()
        self.changed_at = monotonic()

    def acquire(self) -> bool:
        """Wait for a slot. Return False as soon as all threads that hold one are stuck."""
        with self.changed:
            while len(self.holders) >= self.slots:
                if self.is_stuck():
                    return False
                self.changed.wait(POLL_INTERVAL)
            self.holders.append(get_ident())
            self.changed_at = monotonic()
            return True

    def is_stuck(self) -> bool:
        """Return whether no holder makes progress; a slow request alone is not stuck."""
        has_no_progress = monotonic() - self.changed_at > NO_PROGRESS_TIMEOUT
        return has_no_progress or all(
            self.waited(holder) > STUCK_TIMEOUT for holder in self.holders
        )

    def release(self, holder: int) -> None:
        with self.changed:
            self.holders.remove(holder)
            self.changed_at = monotonic()
            self.changed.notify()


class BulkheadMiddleware:
    """Serves at most `WEB_THREADS` requests at once in each process; Gunicorn has one thread more.

    When all of them wait for a database that does not respond, the extra thread rejects requests
    with 503, and so always reaches the next probe. A service that is only busy rejects nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.bulkhead = Bulkhead(settings.WEB_THREADS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if f"{request.path_info}/".startswith("/health/"):
            return self.get_response(request)
        if not self.bulkhead.acquire():
            detail = "All request threads are blocked. Try again in a moment."
            return Problem(api_errors.ServiceUnavailable, detail).json_response(request)
        try:
            response = self.get_response(request)
        except BaseException:
            self.bulkhead.release(get_ident())
            raise
        # The server closes the response when all of it is sent, which releases the slot. Django has
        # no public hook for that.
        release = weakref.finalize(response, self.bulkhead.release, get_ident())
        response._resource_closers.append(release)  # type: ignore[attr-defined]
        return response
