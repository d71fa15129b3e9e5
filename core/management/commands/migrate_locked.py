"""Migrate at every start, also where several containers start at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection

from core.db.deadlines import without_deadline
from core.db.locks import advisory_lock_id
from core.db.migration_errors import translate_migration_errors

LOCK = advisory_lock_id("migrate")
TIME_LIMITS = list(settings.DATABASE_TIME_LIMITS)
POOL_WITHOUT_LIMITS = (
    "DATABASE_URL leads to a pool, such as PgBouncer, that does not pass on time limits:"
    " set DATABASE_DIRECT_URL to the URL of PostgreSQL itself."
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
            with migration_lock(lock_wait), translate_migration_errors():
                if settings.DATABASE_DIRECT:
                    set_role_limits()
                call_command("migrate", interactive=False, verbosity=options["verbosity"])
        if settings.DATABASE_DIRECT and not has_time_limits():
            self.stderr.write(
                "The pool still has connections without time limits: RECONNECT in PgBouncer's"
                " console closes them."
            )


@contextmanager
def direct_connection() -> Iterator[None]:
    """Bypass the pool, which would pass the session's lock and settings to other clients."""
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
    """Connect, or raise `CommandError` after `seconds`. Creates the folder of a SQLite file."""
    if connection.vendor == "sqlite":
        folder = Path(connection.settings_dict["NAME"]).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(
                f"The folder {folder} cannot be created: {error.strerror}."
            ) from error
    reason = ""

    def connects() -> bool:
        nonlocal reason
        try:
            connection.ensure_connection()
        except OperationalError as error:
            reason = str(error).partition("\n")[0]
            if "unsupported startup parameter" in reason:
                raise CommandError(POOL_WITHOUT_LIMITS) from error
            return False
        return True

    if not poll_until(seconds, connects):
        raise CommandError(f"The database did not respond within {seconds:g} s: {reason}")
    if connection.vendor == "postgresql" and not has_time_limits():
        raise CommandError(POOL_WITHOUT_LIMITS)


@contextmanager
def migration_lock(seconds: float) -> Iterator[None]:
    """Lock out other migrations, after waiting `seconds` for one that runs; remove time limits.

    SQLite needs no lock: its writers wait for each other, and the file is on one machine.
    """
    if connection.vendor != "postgresql":
        yield
        return
    if not poll_until(seconds, try_session_lock):
        raise CommandError(f"Another migration is still running after {seconds:g} s.")
    try:
        with without_deadline():
            remove_time_limits()
            yield
    finally:
        connection.close()  # releases the lock, and restores the limits


def try_session_lock() -> bool:
    """Acquire the session's advisory lock if it is free, and return whether it was.

    It is polled, not waited for: a waiting query holds a snapshot, and CREATE INDEX CONCURRENTLY
    in the migration that runs would wait for that in turn.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return cursor.fetchone()[0]


def has_time_limits() -> bool:
    """Return whether the session has a time limit. A pool may drop those that were requested."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(name) FROM unnest(%s) AS name", [TIME_LIMITS])
        return any(value != "0" for (value,) in cursor.fetchall())


def set_role_limits() -> None:
    """Set the role's time limits, which apply through any pool, to sessions that begin later."""
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


def remove_time_limits() -> None:
    """Remove the session's time limits: statements of migrations take longer as tables grow."""
    with connection.cursor() as cursor:
        for limit in TIME_LIMITS:
            cursor.execute(f"SET {limit} = 0")


def poll_until(seconds: float, succeeds: Callable[[], bool]) -> bool:
    """Call it twice a second until it succeeds; return False when the time is over."""
    deadline = monotonic() + seconds
    while not succeeds():
        if monotonic() > deadline:
            return False
        sleep(0.5)
    return True
