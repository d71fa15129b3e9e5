"""Locks that belong to no row."""

from zlib import crc32

from django.db import connection


def try_lock_until_commit(name: str) -> bool:
    """Take a lock if nobody has it; False at once if somebody has."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [crc32(name.encode())])
        return cursor.fetchone()[0]


def lock_until_commit(name: str) -> None:
    """Let one transaction at a time pass here. SQLite's writers take turns anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [crc32(name.encode())])
