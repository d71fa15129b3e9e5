"""Queries that are built and compiled once, and executed with many values.

Django builds and compiles a queryset anew for each request, which takes longer than PostgreSQL
needs to find a page of rows by an index.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

from django.db import connections
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql.compiler import SQLCompiler

MAX_COMPILED = 1000  # queries that a process keeps

Row = tuple[Any, ...]


class Parameter(Expression):
    """A value in a queryset that is known only when the compiled query is executed."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        return "%s", [self]

    def get_group_by_cols(self) -> list[Any]:
        return []

    def bind(self, values: Mapping[str, Any], connection: Any) -> Any:
        """Return the value, as the database's driver expects it."""
        return self.output_field.get_db_prep_value(values[self.name], connection)


def parameters(name: str, field: Field, number: int) -> list[Any]:
    """Return the parameters of a list of values, which `numbered()` binds."""
    return [Parameter(f"{name}.{position}", field) for position in range(number)]


def numbered(name: str, values: Iterable[Any]) -> dict[str, Any]:
    """Return the values of the parameters that `parameters()` returns for the same name."""
    return {f"{name}.{position}": value for position, value in enumerate(values)}


class CompiledQuery:
    """The SQL of a `values_list()` queryset, whose parameters are bound when it is executed."""

    def __init__(self, queryset: QuerySet) -> None:
        self.using = queryset.db
        compiler = queryset.query.get_compiler(self.using, elide_empty=False)
        self.sql, self.params = compiler.as_sql()
        columns = [column for column, _, _ in compiler.select or ()]
        self.converters = list(compiler.get_converters(columns).items())

    def fetch(self, values: Mapping[str, Any]) -> list[Row]:
        """Return the rows, with values of the types that the fields have in Python."""
        rows = self._execute(self.sql, values)
        return self._converted(rows) if self.converters else rows

    def count(self, values: Mapping[str, Any]) -> int:
        """Return the number of rows."""
        counted = f"SELECT COUNT(*) FROM ({self.sql}) AS counted"  # noqa: S608 -- Django's own SQL
        return self._execute(counted, values)[0][0]

    def _execute(self, sql: str, values: Mapping[str, Any]) -> list[Row]:
        connection = connections[self.using]
        params = [bound(param, values, connection) for param in self.params]
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    def _converted(self, rows: Sequence[Row]) -> list[Row]:
        connection = connections[self.using]
        converted = [list(row) for row in rows]
        for position, (converters, expression) in self.converters:
            for row in converted:
                for convert in converters:
                    row[position] = convert(row[position], expression, connection)
        return [tuple(row) for row in converted]


compiled_queries: dict[Hashable, CompiledQuery] = {}


def compiled(key: Hashable, build: Callable[[], QuerySet]) -> CompiledQuery:
    """Return the compiled query of this key, from the queryset that `build` returns."""
    query = compiled_queries.get(key)
    if query is None:
        query = CompiledQuery(build())
        if len(compiled_queries) >= MAX_COMPILED:
            compiled_queries.clear()
        compiled_queries[key] = query
    return query


def bound(param: Any, values: Mapping[str, Any], connection: Any) -> Any:
    """Return a parameter of SQL with its value, also in a list that is one array."""
    match param:
        case Parameter():
            return param.bind(values, connection)
        case list():
            return [bound(item, values, connection) for item in param]
        case _:
            return param
