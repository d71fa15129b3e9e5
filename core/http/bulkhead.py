"""A thread for the probes, whatever the others wait for."""

import weakref
from collections.abc import Callable
from threading import Condition, get_ident
from time import monotonic

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.api.errors import api_errors
from core.api.errors.problems import Problem
from core.db import deadlines

STUCK_AFTER = 0.7  # seconds; a probe behind a request that waits is answered within a second
QUIET_FOR = 3.0  # seconds, where something other than the database hangs, and may just be slow
STEP = 0.1


class Bulkhead:
    """So many slots, and whether those who hold them still get on."""

    def __init__(self, slots: int, waited: Callable[[int], float] = deadlines.waited) -> None:
        self.slots = slots
        self.waited = waited
        self.holders: list[int] = []  # threads
        self.changed = Condition()
        self.changed_at = monotonic()

    def acquire(self) -> bool:
        """Wait for a slot, also behind many others. False as soon as all that hold one hang."""
        with self.changed:
            while len(self.holders) >= self.slots:
                if self.is_stuck():
                    return False
                self.changed.wait(STEP)
            self.holders.append(get_ident())
            self.changed_at = monotonic()
            return True

    def is_stuck(self) -> bool:
        """Distinguish hanging from busy: on a slow machine a request may take a second, too."""
        is_quiet = monotonic() - self.changed_at > QUIET_FOR
        return is_quiet or all(self.waited(holder) > STUCK_AFTER for holder in self.holders)

    def release(self, holder: int) -> None:
        with self.changed:
            self.holders.remove(holder)
            self.changed_at = monotonic()
            self.changed.notify()


class BulkheadMiddleware:
    """Serves at most `WEB_THREADS` requests at once in each process; Gunicorn has one thread more.

    When all of them hang in a database that does not respond, the thread that is left rejects what
    comes, and so always reaches the next probe. A service that is only busy rejects nothing.
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
        # The server closes the response when all of it is sent, and releases the slot with that.
        release = weakref.finalize(response, self.bulkhead.release, get_ident())
        response._resource_closers.append(release)
        return response
