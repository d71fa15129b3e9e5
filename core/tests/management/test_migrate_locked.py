"""The command runs as a process: it waits, locks and opens its own connection."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from core.management.commands.migrate_locked import LOCK, TIME_LIMITS, remove_time_limits
from tests.support.servers.databases import temporary_database

NOBODY = "postgres://postgres@127.0.0.1:1/nothing"  # port 1: refused at once


def start(database_url: str, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "manage.py", "migrate_locked", *arguments],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def empty_database() -> Iterator[str]:
    """Yield the URL of an empty database."""
    with temporary_database() as url:
        yield url


class TestMigrateLocked:
    def test_creates_a_sqlite_database_with_its_folder(self, tmp_path: Path):
        file = tmp_path / "var" / "db.sqlite3"
        command = start(f"sqlite:///{file}")

        output, errors = command.communicate(timeout=60)

        assert command.returncode == 0, errors
        assert "Applying products.0001_initial... OK" in output
        assert file.exists()

    def test_fails_in_one_line_without_a_database(self):
        command = start(NOBODY, "--wait", "1")

        _, errors = command.communicate(timeout=60)

        assert command.returncode == 1
        assert errors.startswith("CommandError: The database did not respond within 1 s: ")
        assert errors.count("\n") == 1

    @pytest.mark.postgres
    def test_migrates_an_empty_database_from_five_processes(self, empty_database: str):
        commands = [start(empty_database) for _ in range(5)]

        errors = [command.communicate(timeout=100)[1] for command in commands]

        assert [command.returncode for command in commands] == [0] * 5, errors

    @pytest.mark.postgres
    def test_fails_in_one_line_when_another_migration_does_not_end(self, empty_database: str):
        with closing(psycopg2.connect(empty_database)) as other, other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            command = start(empty_database, "--lock-wait", "1")

            _, errors = command.communicate(timeout=60)

        assert command.returncode == 1
        assert errors == "CommandError: Another migration is still running after 1 s.\n"


@pytest.mark.postgres
@pytest.mark.django_db
class TestRemoveTimeLimits:
    def test_removes_the_limits_of_the_settings(self):
        remove_time_limits()

        with connection.cursor() as cursor:
            for limit in TIME_LIMITS:
                cursor.execute(f"SHOW {limit}")
                assert cursor.fetchone() == ("0",)
