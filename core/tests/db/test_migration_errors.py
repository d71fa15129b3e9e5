"""Failures of migrations in common environments, raised by a real database."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.core.management.base import CommandError
from django.db import connection

from core.db.migration_errors import translate_migration_errors
from core.tests.management.test_migrate_locked import start
from tests.support.servers.databases import connect, temporary_database, temporary_role, unique_name

ROLE, DATABASE = unique_name(), unique_name()
PASSWORD = "word"


@pytest.fixture
def database() -> Iterator[psycopg2.extensions.cursor]:
    """Yield a superuser's cursor on a database of its own, in which a new role has no rights."""
    with (
        temporary_role(ROLE, PASSWORD),
        temporary_database(DATABASE) as url,
        connect(url) as cursor,
    ):
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        yield cursor


def migrate(query: str = "") -> tuple[int, str]:
    """Return the exit code and standard error."""
    server = urlsplit(os.environ["DATABASE_URL"])
    place = f"{server.hostname}:{server.port or 5432}"
    url = f"postgres://{ROLE}:{PASSWORD}@{place}/{DATABASE}{query}"
    command = start(url, "--wait", "5", "--verbosity", "0")
    _, errors = command.communicate(timeout=100)
    return command.returncode, errors


@pytest.mark.postgres
class TestMigrate:
    def test_says_what_to_grant_to_a_role_that_may_not_create_tables(self, database):
        code, errors = migrate()

        assert (code, errors.count("\n")) == (1, 1)
        assert f"GRANT USAGE, CREATE ON SCHEMA public TO {ROLE};" in errors

    def test_says_what_to_create_for_a_role_that_may_not_create_extensions(self, database):
        database.execute(f"GRANT CREATE ON SCHEMA public TO {ROLE}")

        code, errors = migrate()

        assert (code, errors.count("\n")) == (1, 1)
        assert "must run CREATE EXTENSION pg_trgm; in the database" in errors

    def test_succeeds_after_both(self, database):
        database.execute(f"GRANT CREATE ON SCHEMA public TO {ROLE}")
        database.execute("CREATE EXTENSION pg_trgm")

        assert migrate() == (0, "")

    def test_says_what_to_do_without_a_schema(self, database):
        code, errors = migrate("?currentSchema=tenant_a")

        assert (code, errors.count("\n")) == (1, 1)
        assert f"create it in the database {DATABASE}" in errors

    def test_uses_the_schema_in_the_url(self, database):
        database.execute("CREATE EXTENSION pg_trgm")
        for tenant in ("tenant_a", "tenant_b"):
            database.execute(f"CREATE SCHEMA {tenant} AUTHORIZATION {ROLE}")

        assert [migrate(f"?currentSchema={name}") for name in ("tenant_a", "tenant_b")] == [
            (0, ""),
            (0, ""),
        ]
        database.execute(
            "SELECT DISTINCT schemaname FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
        )
        assert database.fetchall() == [("tenant_a",), ("tenant_b",)]

    def test_says_that_the_server_is_a_replica(self, database):
        database.execute(f"GRANT CREATE ON SCHEMA public TO {ROLE}")
        database.execute(f"ALTER ROLE {ROLE} SET default_transaction_read_only = on")

        code, errors = migrate()

        assert (code, errors.count("\n")) == (1, 1)
        assert "must lead to the primary server" in errors


@pytest.mark.django_db(transaction=True)
class TestTranslateMigrationErrors:
    @pytest.mark.postgres
    def test_names_an_extension_that_is_not_installed(self):
        with (
            pytest.raises(CommandError, match="install no_such on the server"),
            translate_migration_errors(),
            connection.cursor() as cursor,
        ):
            cursor.execute("CREATE EXTENSION no_such")

    def test_repeats_any_other_message_of_the_database(self):
        with (
            pytest.raises(CommandError, match=r"The migration failed: .*categories_category"),
            translate_migration_errors(),
            connection.cursor() as cursor,
        ):
            cursor.execute("CREATE TABLE categories_category (id int)")

    def test_passes_on_other_exceptions(self):
        with pytest.raises(KeyError), translate_migration_errors():
            raise KeyError
