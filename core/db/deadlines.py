"""Time limits for everything that waits for PostgreSQL.

`statement_timeout` is enforced by the server, so it ends nothing when the server itself is frozen:
libpq would wait for its reply for ever. psycopg2 lets a callback do the waiting instead.
https://www.psycopg.org/docs/advanced.html#support-for-coroutine-libraries
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from select import POLLIN, POLLOUT, poll
from threading import get_ident
from time import monotonic

from psycopg2 import OperationalError, extensions

CONNECT_TIMEOUT = 3.0  # seconds; libpq's own does not count where a callback waits
STATEMENT_TIMEOUT = 7.0  # longer than the server's own limits, whose errors say more

POLL_EVENTS = {extensions.POLL_READ: POLLIN, extensions.POLL_WRITE: POLLOUT}

wait_started: dict[int, float] = {}  # by thread, of those that wait now
is_unlimited: ContextVar[bool] = ContextVar("is_unlimited", default=False)


def install_wait_callback() -> None:
    """Limit how long this process waits for any connection, statement, commit or rollback."""
    extensions.set_wait_callback(wait_callback)


def wait_callback(connection: extensions.connection) -> None:
    """Wait until the connection is ready.

    Raises `OperationalError` at the deadline. psycopg2 then closes the connection, so that a late
    reply cannot be read as the reply to another statement.
    """
    is_connecting = connection.status == extensions.STATUS_SETUP
    seconds = CONNECT_TIMEOUT if is_connecting else STATEMENT_TIMEOUT
    thread = get_ident()
    wait_started[thread] = monotonic()
    deadline = None if is_unlimited.get() else wait_started[thread] + seconds
    try:
        while (state := connection.poll()) != extensions.POLL_OK:
            poller = poll()
            poller.register(connection, POLL_EVENTS[state])
            remaining = None if deadline is None else max(0, deadline - monotonic()) * 1000
            if not poller.poll(remaining):
                raise OperationalError(f"PostgreSQL did not respond within {seconds:g} s")
    finally:
        del wait_started[thread]


def seconds_waiting(thread: int) -> float:
    """Return how long the thread has been waiting for the server, 0 if it is not."""
    now = monotonic()
    return now - wait_started.get(thread, now)


@contextmanager
def without_deadline() -> Iterator[None]:
    """Wait in this block, in this thread, for as long as the server takes."""
    token = is_unlimited.set(True)
    try:
        yield
    finally:
        is_unlimited.reset(token)


@contextmanager
def without_wait_callback() -> Iterator[None]:
    """Allow COPY in this block: psycopg2 does not support it where a callback waits.

    It removes the time limits of the whole process, so it is for processes with a single thread.
    """
    extensions.set_wait_callback(None)
    try:
        yield
    finally:
        extensions.set_wait_callback(wait_callback)
