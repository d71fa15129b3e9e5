"""Finding text within text, the same on both databases."""

import json
import re
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, JSONField, Lookup, TextField

Sql = tuple[str, list[Any]]


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
        # SQLite's LIKE knows no case outside ASCII; Django gives it Python's expressions.
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} REGEXP %s", [*params, f"(?i){re.escape(self.rhs)}"]


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


def escaped(text: str) -> str:
    """Take the meaning of LIKE's wildcards away."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def meanings(text: str) -> list[str | bool | float]:
    """Give the values that a text in a URL may stand for: `350` is a text or a number."""
    try:
        value = json.loads(text)
    except ValueError:
        return [text]
    return [text, value] if isinstance(value, bool | int | float) and len(text) < 20 else [text]


def sqlite_types(value: str | bool | float) -> tuple[str, str]:
    """Name the types under which SQLite's JSON functions know a value."""
    match value:
        case bool():
            return (str(value).lower(), str(value).lower())
        case str():
            return ("text", "text")
        case _:
            return ("integer", "real")
