"""The rows of a list, as the paginator reads them: model instances, or prepared queries."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet

from core.db.compiled import CompiledQuery, Parameter, Row, compiled
from core.db.merge_append import rows_to_count

Derive = Callable[[QuerySet, Sequence[Any]], QuerySet]


class OrderingTerm(NamedTuple):
    """One column of an ordering."""

    field: str
    is_descending: bool


def ordering_terms(queryset: QuerySet) -> list[OrderingTerm]:
    """Return the terms of `order_by()`, which must be names, the last one unique."""
    names = [str(name) for name in queryset.query.order_by]
    return [OrderingTerm(name.lstrip("-"), name.startswith("-")) for name in names]


class Listing:
    """The rows of a queryset, as model instances."""

    def __init__(self, queryset: QuerySet) -> None:
        self.queryset = queryset
        self.ordering = ordering_terms(queryset)

    def fetch(self, name: Hashable, derive: Derive, position: Sequence[Any] = ()) -> list[Any]:
        """Return the rows of the queryset that `derive` returns for this one and the position.

        `name` identifies what `derive` does.
        """
        return list(derive(self.queryset, position))

    def count(self, maximum: int) -> int:
        """Return the number of rows, or `maximum` if there are more."""
        return rows_to_count(self.queryset, maximum).count()

    def ordering_values(self, row: Any) -> list[Any]:
        """Return the values of the columns that the row is ordered by."""
        return [getattr(row, term.field) for term in self.ordering]


class Shape(NamedTuple):
    """What a prepared listing is compiled for: all that two requests differ in but values."""

    key: Hashable  # None if no two requests are alike
    columns: tuple[str, ...]
    ordering: tuple[str, ...]


class PreparedListing(Listing):
    """The rows of a queryset as tuples of columns. A queryset of each shape is compiled once."""

    def __init__(
        self,
        shape: Shape,
        values: Mapping[str, Any],
        build: Callable[[], QuerySet],
    ) -> None:
        self.shape, self.values, self.build = shape, values, build
        self.ordering = [
            OrderingTerm(name.lstrip("-"), name.startswith("-")) for name in shape.ordering
        ]

    def fetch(self, name: Hashable, derive: Derive, position: Sequence[Any] = ()) -> list[Row]:
        names = [f"position.{term.field}" for term in self.ordering] if position else []

        def rows() -> QuerySet:
            queryset = self.build()
            fields: Any = queryset.model._meta
            parameters = [Parameter(n, fields.get_field(n.partition(".")[2])) for n in names]
            return derive(queryset, parameters).values_list(*self.shape.columns)

        at = dict(zip(names, position, strict=True))
        return self.compiled(name, rows).fetch({**self.values, **at})

    def count(self, maximum: int) -> int:
        query = self.compiled(("count", maximum), lambda: rows_to_count(self.build(), maximum))
        return query.count(self.values)

    def ordering_values(self, row: Row) -> list[Any]:
        return [row[self.shape.columns.index(term.field)] for term in self.ordering]

    def compiled(self, name: Hashable, build: Callable[[], QuerySet]) -> CompiledQuery:
        """Return the compiled query of this name for the shape."""
        if self.shape.key is None:
            return CompiledQuery(build())
        return compiled((self.shape, name), build)
