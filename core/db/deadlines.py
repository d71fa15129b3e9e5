"""Deadlines for everything that waits for PostgreSQL.

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

CONNECT = 3.0  # seconds; libpq's own connect_timeout does not count where a callback waits
STATEMENT = 7.0  # longer than statement_timeout and lock_timeout, which say more when they end it

EVENTS = {extensions.POLL_READ: POLLIN, extensions.POLL_WRITE: POLLOUT}

began: dict[int, float] = {}  # when the wait of each thread began that waits now
lifted: ContextVar[bool] = ContextVar("lifted", default=False)


def install() -> None:
    """Limit how long this process waits for any connection, statement, commit or rollback."""
    extensions.set_wait_callback(wait)


def wait(connection: extensions.connection) -> None:
    """Wait until the connection is ready.

    Raises `OperationalError` at the deadline. psycopg2 then closes the connection, so that a late
    reply cannot be taken for that to another statement.
    """
    seconds = CONNECT if connection.status == extensions.STATUS_SETUP else STATEMENT
    thread = get_ident()
    began[thread] = monotonic()
    deadline = None if lifted.get() else began[thread] + seconds
    try:
        while (state := connection.poll()) != extensions.POLL_OK:
            poller = poll()
            poller.register(connection, EVENTS[state])
            remaining = None if deadline is None else max(0, deadline - monotonic()) * 1000
            if not poller.poll(remaining):
                raise OperationalError(f"PostgreSQL did not respond within {seconds:g} s")
    finally:
        del began[thread]


def waited(thread: int) -> float:
    """Return for how many seconds the thread has been in the wait that it is in, 0 if in none."""
    now = monotonic()
    return now - began.get(thread, now)


@contextmanager
def no_deadline() -> Iterator[None]:
    """Wait in this block, in this thread, for as long as the server takes."""
    token = lifted.set(True)
    try:
        yield
    finally:
        lifted.reset(token)


@contextmanager
def no_callback() -> Iterator[None]:
    """Allow COPY in this block: psycopg2 does not support it where a callback waits.

    It lifts the deadline of the whole process, so it is for processes with a single thread.
    """
    extensions.set_wait_callback(None)
    try:
        yield
    finally:
        extensions.set_wait_callback(wait)
