"""Migrating at every start, also where several containers start at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection

from core.db.deadlines import no_deadline
from core.locks import lock_id

LOCK = lock_id("migrate")
LIMITS = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"]


class Command(BaseCommand):
    help = "Waits for the database, then migrates it; one process at a time on PostgreSQL."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--wait", type=float, default=60, help="Seconds to wait for the database."
        )
        parser.add_argument(
            "--lock-wait", type=float, default=300, help="Seconds to wait for another migration."
        )

    def handle(self, *args: Any, wait: float, lock_wait: float, **options: Any) -> None:
        wait_for_database(wait)
        with alone(lock_wait):
            call_command("migrate", interactive=False, verbosity=options["verbosity"])


def wait_for_database(seconds: float) -> None:
    """Connect, or raise CommandError when `seconds` are over. A new SQLite file gets its folder."""
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    reason = ""

    def connects() -> bool:
        nonlocal reason
        try:
            connection.ensure_connection()
        except OperationalError as error:
            reason = str(error).partition("\n")[0]
            return False
        return True

    if not within(seconds, connects):
        raise CommandError(f"The database did not answer within {seconds:g} s: {reason}")


@contextmanager
def alone(seconds: float) -> Iterator[None]:
    """Keep other migrations out, after waiting `seconds` for one that runs; lift all time limits.

    SQLite needs no lock: its writers take turns, and one machine alone can use the file.
    """
    if connection.vendor != "postgresql":
        yield
        return
    if not within(seconds, locks):
        raise CommandError(f"Another migration is still running after {seconds:g} s.")
    try:
        with no_deadline():
            lift_limits()
            yield
    finally:
        connection.close()  # gives the lock back, and the limits


def locks() -> bool:
    """Take the session's lock, if it is free.

    Asked again and again rather than waited for: a waiting query holds a snapshot, and
    CREATE INDEX CONCURRENTLY in the migration that runs would wait for that in turn.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return cursor.fetchone()[0]


def lift_limits() -> None:
    """Let this session's statements take as long as they need: tables grow."""
    with connection.cursor() as cursor:
        for limit in LIMITS:
            cursor.execute(f"SET {limit} = 0")


def within(seconds: float, succeeds: Callable[[], bool]) -> bool:
    """Try twice a second until it succeeds; False when the time is over."""
    deadline = monotonic() + seconds
    while not succeeds():
        if monotonic() > deadline:
            return False
        sleep(0.5)
    return True
