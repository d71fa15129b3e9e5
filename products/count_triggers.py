"""Triggers that keep the number of live, active products in each category.

On PostgreSQL a statement adds one row for each category whose number it changes. About one write
in ten folds the rows of its categories into one; it skips rows that another transaction is
folding, so that no writer ever waits for another. On SQLite, where a writer is alone, each row
that is written adjusts the one row of its category.
"""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

from categories.product_counts import COUNTS_TABLE
from core.db.postgres import execute_with_lock_timeout

COUNTED = "{0}category_id IS NOT NULL AND {0}is_active AND {0}deleted_at IS NULL"
IS_COUNTED = COUNTED.format("")
FOLDED_ROWS = 1000  # of one write; the next one folds the rest

# What a statement adds to the counts.
INSERTED = f"SELECT category_id, COUNT(*) FROM new_rows WHERE {IS_COUNTED} GROUP BY category_id"
DELETED = f"SELECT category_id, -COUNT(*) FROM old_rows WHERE {IS_COUNTED} GROUP BY category_id"
UPDATED = f"""SELECT category_id, SUM(number) FROM (
        SELECT category_id, 1 AS number FROM new_rows WHERE {IS_COUNTED}
        UNION ALL SELECT category_id, -1 FROM old_rows WHERE {IS_COUNTED}
    ) changed GROUP BY category_id HAVING SUM(number) <> 0"""
# Most updates change none of these columns. A FULL JOIN, because its plan is one for any number
# of rows: a nested loop that is planned for one row would be executed for 100,000, too.
RETURN_IF_UNCHANGED = """
    IF NOT EXISTS (
        SELECT FROM old_rows o FULL JOIN new_rows n ON n.id = o.id
        WHERE (o.category_id, o.is_active, o.deleted_at)
            IS DISTINCT FROM (n.category_id, n.is_active, n.deleted_at)
    ) THEN
        RETURN NULL;
    END IF;"""
FUNCTION = """
CREATE OR REPLACE FUNCTION product_count_{name} LANGUAGE plpgsql AS $$
BEGIN{body}
END $$"""
RECORD = """
    INSERT INTO {{table}} (category_id, number) {changes};
    IF FOUND AND random() < 0.1 THEN
        PERFORM {{schema}}.product_count_fold(
            ARRAY(SELECT category_id FROM ({changes}) folded)
        );
    END IF;
    RETURN NULL;"""
FOLD = f"""
    WITH chosen AS MATERIALIZED (
        SELECT category_id, id FROM {{table}} WHERE category_id = ANY (categories)
        LIMIT {FOLDED_ROWS} FOR UPDATE SKIP LOCKED
    ), folded AS (
        DELETE FROM {{table}} counted USING chosen
        WHERE counted.category_id = chosen.category_id AND counted.id = chosen.id
        RETURNING counted.category_id, counted.number
    )
    INSERT INTO {{table}} (category_id, number)
    SELECT category_id, SUM(number) FROM folded GROUP BY category_id HAVING SUM(number) <> 0;"""
TRUNCATE = """
    DELETE FROM {table};
    RETURN NULL;"""
# The second statement deletes what a transaction has folded for which the first one waited.
PURGE = """
    DELETE FROM {table} WHERE category_id IN (SELECT id FROM old_rows);
    DELETE FROM {table} WHERE category_id IN (SELECT id FROM old_rows);
    RETURN NULL;"""
POSTGRES_FUNCTIONS = {
    "fold(categories uuid[]) RETURNS void": FOLD,
    "insert() RETURNS trigger": RECORD.format(changes=INSERTED),
    "update() RETURNS trigger": RETURN_IF_UNCHANGED + RECORD.format(changes=UPDATED),
    "delete() RETURNS trigger": RECORD.format(changes=DELETED),
    "truncate() RETURNS trigger": TRUNCATE,
    "purge() RETURNS trigger": PURGE,
}
POSTGRES_TRIGGERS = {
    "product_count_insert": "AFTER INSERT ON products_product REFERENCING NEW TABLE AS new_rows",
    "product_count_update": "AFTER UPDATE ON products_product"
    " REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "product_count_delete": "AFTER DELETE ON products_product REFERENCING OLD TABLE AS old_rows",
    "product_count_truncate": "AFTER TRUNCATE ON products_product",
    "product_count_purge": "AFTER DELETE ON categories_category"
    " REFERENCING OLD TABLE AS old_rows",
}

INCREMENT = (
    f"INSERT INTO {COUNTS_TABLE} (category_id, number) VALUES (NEW.category_id, 1)"
    " ON CONFLICT (category_id) DO UPDATE SET number = number + 1;"
)
DECREMENT = (
    f"UPDATE {COUNTS_TABLE} SET number = number - 1 WHERE category_id = OLD.category_id;"
    f" DELETE FROM {COUNTS_TABLE} WHERE category_id = OLD.category_id AND number = 0;"
)
UPDATE = "AFTER UPDATE OF category_id, is_active, deleted_at ON products_product"
SQLITE_TRIGGERS = {
    "product_count_insert": ("AFTER INSERT ON products_product", "NEW.", INCREMENT),
    "product_count_enter": (UPDATE, "NEW.", INCREMENT),
    "product_count_leave": (UPDATE, "OLD.", DECREMENT),
    "product_count_delete": ("AFTER DELETE ON products_product", "OLD.", DECREMENT),
}


class CreateCountTriggers(Operation):
    """Create the triggers, or replace them.

    A later migration that makes Django rebuild the table of products on SQLite, for example by
    `AlterField`, needs this operation after it: the triggers are gone with the former table.
    """

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change nothing: the models know no triggers."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            statements = [*postgres_functions(schema_editor), *postgres_triggers()]
            execute_with_lock_timeout(schema_editor, statements)
        else:
            with transaction.atomic(schema_editor.connection.alias):
                for statement in sqlite_triggers():
                    schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            execute_with_lock_timeout(schema_editor, drop_postgres_functions())
        else:
            for name in SQLITE_TRIGGERS:
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")

    def describe(self) -> str:
        return "Create the triggers that count the products of each category"


def postgres_functions(schema_editor: BaseDatabaseSchemaEditor) -> Iterator[str]:
    """Yield the functions, which find their tables under any search path."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
    for name, body in POSTGRES_FUNCTIONS.items():
        body = body.format(schema=schema, table=f"{schema}.{COUNTS_TABLE}")
        yield FUNCTION.format(name=name, body=body)


def postgres_triggers() -> Iterator[str]:
    for name, event in POSTGRES_TRIGGERS.items():
        execute = f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        yield f"CREATE OR REPLACE TRIGGER {name} {event} {execute}"


def drop_postgres_functions() -> Iterator[str]:
    """Yield statements that drop the functions, with the triggers that execute them."""
    for name in ("product_count_fold(uuid[])", *(f"{name}()" for name in POSTGRES_TRIGGERS)):
        yield f"DROP FUNCTION IF EXISTS {name} CASCADE"


def sqlite_triggers() -> Iterator[str]:
    for name, (event, row, body) in SQLITE_TRIGGERS.items():
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield f"CREATE TRIGGER {name} {event} WHEN {COUNTED.format(row)} BEGIN {body} END"
