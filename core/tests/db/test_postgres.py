"""Operations of migrations, and statements that wait for locks."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.state import ProjectState

from core.db import postgres
from core.db.postgres import RunVendorSQL, execute_with_lock_timeout

pytestmark = pytest.mark.django_db(transaction=True)

STATEMENT = "LOCK TABLE categories_category IN SHARE ROW EXCLUSIVE MODE"


@pytest.fixture
def writer() -> Iterator[Any]:
    """Yield a connection whose transaction writes, and so holds a lock on the table."""
    with closing(connection.get_new_connection(connection.get_connection_params())) as other:
        other.autocommit = False
        other.cursor().execute("UPDATE categories_category SET position = 1")
        yield other


@pytest.mark.postgres
class TestExecuteWithLockTimeout:
    def test_tries_again_when_the_lock_is_free(self, writer, monkeypatch):
        waits = []

        def commit(seconds: float) -> None:
            waits.append(seconds)
            writer.commit()

        monkeypatch.setattr(postgres, "sleep", commit)
        with connection.schema_editor(atomic=False) as editor:
            execute_with_lock_timeout(editor, [STATEMENT])

        assert len(waits) == 1

    def test_raises_when_the_lock_stays_held(self, writer, monkeypatch):
        monkeypatch.setattr(postgres, "LOCK_ATTEMPTS", 1)

        with (
            connection.schema_editor(atomic=False) as editor,
            pytest.raises(OperationalError, match="lock timeout"),
        ):
            execute_with_lock_timeout(editor, [STATEMENT])

    def test_undoes_all_statements_of_an_attempt(self, writer, monkeypatch):
        monkeypatch.setattr(postgres, "LOCK_ATTEMPTS", 1)

        with (
            connection.schema_editor(atomic=False) as editor,
            pytest.raises(OperationalError),
        ):
            execute_with_lock_timeout(editor, ["CREATE TABLE half_done ()", STATEMENT])

        assert "half_done" not in connection.introspection.table_names()

    def test_leaves_the_lock_timeout_of_the_session(self):
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            before = cursor.fetchone()
            with connection.schema_editor(atomic=False) as editor:
                execute_with_lock_timeout(editor, [STATEMENT])
            cursor.execute("SHOW lock_timeout")

            assert cursor.fetchone() == before


class TestRunVendorSQL:
    def test_runs_the_statement_of_the_database_and_undoes_it(self):
        operation = RunVendorSQL(
            {
                "postgresql": "CREATE TABLE vendor_table (id uuid)",
                "sqlite": "CREATE TABLE vendor_table (id char(32))",
            },
            "DROP TABLE vendor_table",
        )
        states = ProjectState(), ProjectState()

        with connection.schema_editor() as editor:
            operation.database_forwards("core", editor, *states)
            created = connection.introspection.table_names()
            operation.database_backwards("core", editor, *states)

        assert "vendor_table" in created
        assert "vendor_table" not in connection.introspection.table_names()
