"""Insert a row unless another one has its unique values."""

from functools import cache

from django.db import connection
from django.db.models import Field, Model


def insert_unless_conflict(row: Model, conflict_target: str) -> bool:
    """Insert a row, and return False if it violates the unique index of this target.

    Nothing is raised then, so that a transaction goes on without a savepoint. Other violations
    raise `IntegrityError`. Like `bulk_create`, it sends no signals, and a key that the database
    generates stays None.
    """
    values = [
        field.get_db_prep_save(field.pre_save(row, True), connection)
        for field in inserted_fields(type(row))
    ]
    with connection.cursor() as cursor:
        cursor.execute(insert_sql(type(row), conflict_target), values)
        is_inserted = cursor.rowcount == 1
    if is_inserted:
        row._state.adding, row._state.db = False, connection.alias
    return is_inserted


def inserted_fields(model: type[Model]) -> list[Field]:
    """Return all fields, without a key that the database generates."""
    return [field for field in model._meta.concrete_fields if field is not model._meta.auto_field]


@cache
def insert_sql(model: type[Model], conflict_target: str) -> str:
    """Return the statement that Django compiles for `save()`, with the conflict's target.

    `conflict_target` infers a unique index: its columns in parentheses, and its condition.
    """
    quote = connection.ops.quote_name
    names = [field.column for field in inserted_fields(model) if field.column]
    columns, placeholders = ", ".join(map(quote, names)), ", ".join(["%s"] * len(names))
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({placeholders})"  # noqa: S608 -- our own names
        f" ON CONFLICT {conflict_target} DO NOTHING"
    )
