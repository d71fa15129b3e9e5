"""Migrating at every start, also where several containers start at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection

from core.db.deadlines import no_deadline
from core.db.locks import lock_id
from core.db.migration_errors import explained

LOCK = lock_id("migrate")
LIMITS = list(settings.DATABASE_TIME_LIMITS)
POOL = (
    "DATABASE_URL leads to a pool, such as PgBouncer, that does not pass on time limits:"
    " set DATABASE_DIRECT_URL to the address of PostgreSQL itself."
)


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
        with direct_connection():
            wait_for_database(wait)
            with alone(lock_wait), explained():
                if settings.DATABASE_DIRECT:
                    limit_role()
                call_command("migrate", interactive=False, verbosity=options["verbosity"])
        if settings.DATABASE_DIRECT and not has_limits():
            self.stderr.write(
                "The pool still has connections without time limits: RECONNECT in PgBouncer's"
                " console closes them."
            )


@contextmanager
def direct_connection() -> Iterator[None]:
    """Connect past a pool, which would hand a session's lock and settings to other clients."""
    if not settings.DATABASE_DIRECT:
        yield
        return
    pooled = connection.settings_dict
    connection.close()
    connection.settings_dict = pooled | settings.DATABASE_DIRECT
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = pooled


def wait_for_database(seconds: float) -> None:
    """Connect, or raise CommandError when `seconds` are over. A new SQLite file gets its folder."""
    if connection.vendor == "sqlite":
        folder = Path(connection.settings_dict["NAME"]).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    reason = ""

    def connects() -> bool:
        nonlocal reason
        try:
            connection.ensure_connection()
        except OperationalError as error:
            reason = str(error).partition("\n")[0]
            if "unsupported startup parameter" in reason:
                raise CommandError(POOL) from error
            return False
        return True

    if not within(seconds, connects):
        raise CommandError(f"The database did not answer within {seconds:g} s: {reason}")
    if connection.vendor == "postgresql" and not has_limits():
        raise CommandError(POOL)


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


def has_limits() -> bool:
    """Check whether a limit counts in this session. Where all were asked for, a pool drops them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(name) FROM unnest(%s) AS name", [LIMITS])
        return any(value != "0" for (value,) in cursor.fetchall())


def limit_role() -> None:
    """Set the limits of the role: they hold through any pool, in sessions that begin later."""
    names = {
        "role": connection.ops.quote_name(settings.DATABASES["default"]["USER"] or "CURRENT_USER"),
        "database": connection.ops.quote_name(connection.settings_dict["NAME"]),
    }
    with connection.cursor() as cursor:
        for name, value in settings.DATABASE_TIME_LIMITS.items():
            cursor.execute(
                "ALTER ROLE {role} IN DATABASE {database} SET {name} = %s".format(
                    **names, name=name
                ),
                [value],
            )


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
