"""A thread for the probes, whatever the others wait for."""

import weakref
from collections.abc import Callable
from threading import Condition
from time import monotonic

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.api.problems import Problem

STUCK_AFTER = 0.7  # seconds; a probe that came behind one that waits is answered within a second


class Bulkhead:
    """So many slots, and whether they still change hands."""

    def __init__(self, slots: int, stuck_after: float = STUCK_AFTER) -> None:
        self.free = slots
        self.stuck_after = stuck_after
        self.changed = Condition()
        self.changed_at = monotonic()

    def acquire(self) -> bool:
        """Wait for a slot, also behind many others. False as soon as none moves any more."""
        with self.changed:
            while not self.free:
                remaining = self.changed_at + self.stuck_after - monotonic()
                if remaining <= 0:
                    return False
                self.changed.wait(remaining)
            self.free -= 1
            self.changed_at = monotonic()
            return True

    def release(self) -> None:
        with self.changed:
            self.free += 1
            self.changed_at = monotonic()
            self.changed.notify()


class BulkheadMiddleware:
    """Serves at most `WEB_THREADS` requests at once in each process; Gunicorn has one thread more.

    When all of them hang (in a database that does not respond), the thread that is left rejects
    what comes, and so always reaches the next probe. A service that is only busy rejects nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.bulkhead = Bulkhead(settings.WEB_THREADS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if f"{request.path_info}/".startswith("/health/"):
            return self.get_response(request)
        if not self.bulkhead.acquire():
            detail = "All requests in hand are stuck. Try again in a moment."
            headers = {"Retry-After": "2"}
            problem = Problem(503, "service-unavailable", detail, headers=headers)
            return problem.plain_response(request)
        try:
            response = self.get_response(request)
        except BaseException:
            self.bulkhead.release()
            raise
        # The server closes the response when all of it is sent, and releases the slot with that.
        release = weakref.finalize(response, self.bulkhead.release)
        response._resource_closers.append(release)
        return response
