"""Finding text within text, the same on both databases."""

import json
import math
import re
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import CharField, JSONField, Lookup, TextField
from django.dispatch import receiver

Sql = tuple[str, list[Any]]

MAX_EXACT_INTEGER = 2**53  # no attribute is larger


@CharField.register_lookup
@TextField.register_lookup
class Has(Lookup):
    """`name__has="mug"`: the text occurs, in any case; nothing in it is a wildcard.

    `ILIKE` can use a trigram index on PostgreSQL; Django's `icontains` cannot.
    """

    lookup_name = "has"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Sql:
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} ILIKE %s", [*params, f"%{escaped(self.rhs)}%"]

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper) -> Sql:
        lhs, params = self.process_lhs(compiler, connection)
        return f"occurs(%s, {lhs})", [self.rhs, *params]


@JSONField.register_lookup
class Holds(Lookup):
    """`attributes__holds=("colour", "blue")`: the object has the pair, its value given as text."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Sql:
        lhs, params = self.process_lhs(compiler, connection)
        key, text = self.rhs
        pairs = [json.dumps({key: value}) for value in meanings(text)]
        return f"({' OR '.join([f'{lhs} @> %s'] * len(pairs))})", [*params * len(pairs), *pairs]

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper) -> Sql:
        lhs, params = self.process_lhs(compiler, connection)
        key, text = self.rhs
        values = meanings(text)
        same = " OR ".join(["(type IN (%s, %s) AND atom = %s)"] * len(values))
        # Only placeholders and the column's own SQL are put together here.
        sql = f"EXISTS (SELECT 1 FROM json_each({lhs}) WHERE key = %s AND ({same}))"  # noqa: S608
        typed = [item for value in values for item in (*sqlite_types(value), value)]
        return sql, [*params, key, *typed]


@receiver(connection_created, dispatch_uid="core.teach_occurs")
def teach_occurs(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Give SQLite what it lacks: its own LIKE knows no case outside ASCII."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("occurs", 2, occurs, deterministic=True)


def occurs(word: str, text: str | None) -> bool | None:
    return None if text is None else small(word) in small(text)


def small(text: str) -> str:
    """Make each letter small by itself, as PostgreSQL does: no final sigma in Greek."""
    return "".join(map(str.lower, text))


def escaped(text: str) -> str:
    """Take the meaning of LIKE's wildcards away."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def meanings(text: str) -> list[str | bool | float]:
    """Give the values that a text in a URL may stand for: `350` is a text or a number."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return [text]
    match value:
        case int() if abs(value) <= MAX_EXACT_INTEGER:
            return [text, value]
        case float() if math.isfinite(value):
            return [text, value]
        case _:
            return [text]


def sqlite_types(value: str | bool | float) -> tuple[str, str]:
    """Name the types under which SQLite's JSON functions know a value."""
    match value:
        case bool():
            return (str(value).lower(), str(value).lower())
        case str():
            return ("text", "text")
        case _:
            return ("integer", "real")
