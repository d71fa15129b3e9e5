"""Operations of migrations that differ on PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SET_PATH = "SELECT set_config('search_path', %s, false)"


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
