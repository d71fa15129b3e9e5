"""Operations of migrations that differ on PostgreSQL."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import sleep
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import OperationalError, migrations, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SET_PATH = "SELECT set_config('search_path', %s, false)"
LOCK_NOT_AVAILABLE = "55P03"
LOCK_ATTEMPTS = 60


@contextmanager
def trigrams_on_search_path(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Add the schema of pg_trgm to the search path, so that statements find its operators.

    A database has an extension once; with `currentSchema`, only one tenant's schema has it.
    After an error the path stays: the transaction is rolled back with it, or the migration ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('search_path'), quote_ident(nspname) FROM pg_extension"
            " JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm'"
        )
        path, schema = cursor.fetchone() or (None, None)
        if path is not None:
            cursor.execute(SET_PATH, [f"{path}, {schema}" if path else schema])
        yield
        if path is not None:
            cursor.execute(SET_PATH, [path])


class RunPostgresSQL(migrations.RunSQL):
    """Run SQL on PostgreSQL only: indexes and extensions that other databases can do without."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            with trigrams_on_search_path(schema_editor.connection):
                super().database_forwards(app_label, schema_editor, *states)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            with trigrams_on_search_path(schema_editor.connection):
                super().database_backwards(app_label, schema_editor, *states)


class RunVendorSQL(migrations.RunSQL):
    """Run a statement that is written for each database, and undo it by one for all."""

    def __init__(self, statements: Mapping[str, str], reverse_sql: str) -> None:
        super().__init__(migrations.RunSQL.noop, reverse_sql)
        self.statements = statements

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return type(self).__name__, [self.statements, self.reverse_sql], {}

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        schema_editor.execute(self.statements[schema_editor.connection.vendor])


class AddIndexOnline(AddIndexConcurrently):
    """Add an index CONCURRENTLY, so that no writer waits for it; elsewhere an ordinary one.

    The migration has `atomic = False`. It can be run again where it was interrupted, because
    PostgreSQL leaves an invalid index behind.
    """

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return migrations.AddIndex.database_forwards(self, app_label, schema_editor, *states)
        name = schema_editor.quote_name(self.index.name)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        return super().database_forwards(app_label, schema_editor, *states)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return migrations.AddIndex.database_backwards(self, app_label, schema_editor, *states)
        return super().database_backwards(app_label, schema_editor, *states)


def execute_with_lock_timeout(
    schema_editor: BaseDatabaseSchemaEditor, statements: Iterable[str]
) -> None:
    """Execute statements that lock tables, in one transaction, and try again if a lock is held.

    Other clients queue behind a statement that waits for a table, so it never waits longer than
    a second. The migration has `atomic = False`.
    """
    statements = list(statements)
    for attempt in range(1, LOCK_ATTEMPTS + 1):
        try:
            with transaction.atomic(schema_editor.connection.alias):
                schema_editor.execute("SET LOCAL lock_timeout = '1s'")
                for statement in statements:
                    schema_editor.execute(statement)
            return
        except OperationalError as error:
            is_locked = getattr(error.__cause__, "pgcode", None) == LOCK_NOT_AVAILABLE
            if not is_locked or attempt == LOCK_ATTEMPTS:
                raise
            sleep(1)
