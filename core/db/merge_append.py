"""Read the first rows of several index ranges, as PostgreSQL's MergeAppend does.

An index has the rows of one category in the order of a list, and another the deleted ones. Of
several categories, or of both live and deleted rows, PostgreSQL (before 18, and then of few)
sorts all that match, or walks another index until enough of them happened to pass: a million rows
where they are at its end. The first rows of the whole are among the first of each range, so these
are read, a page of each, and merged.
"""

from collections.abc import Sequence
from functools import reduce
from itertools import product
from operator import or_
from typing import Any, NamedTuple, Self, TypeVar

from django.db import connections, models
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.lookups import In

from core.db.compiled import Parameter

QuerySetT = TypeVar("QuerySetT", bound=QuerySet)
RowT = TypeVar("RowT", bound=models.Model, covariant=True)


class Alternatives(NamedTuple):
    """Conditions that exclude each other, and the node of the query that is their disjunction.

    There is none where one of the conditions is always true.
    """

    conditions: tuple[Q, ...]
    node: Any = None


class Ranges(NamedTuple):
    """The values of a column that indexes begin with, and the node of the query with all."""

    field: str
    values: Sequence[Any]
    node: Any


class MergeAppendQuerySet(models.QuerySet[RowT]):
    """A queryset that remembers which of its conditions are ranges of an index."""

    _alternatives: tuple[Alternatives, ...] = ()
    _ranges: Ranges | None = None
    _is_inverted = False

    def filter_any(self, *conditions: Q) -> Self:
        """Filter by any of the conditions, which exclude each other."""
        queryset = self.filter(reduce(or_, conditions))
        node = queryset.query.where.children[-1]
        queryset._alternatives = (*self._alternatives, Alternatives(conditions, node))
        return queryset

    def split_by(self, *conditions: Q) -> Self:
        """Return the queryset, whose pages are read by conditions of which each row has one."""
        queryset = self.all()
        queryset._alternatives = (*self._alternatives, Alternatives(conditions))
        return queryset

    def filter_in(self, field: str, values: Sequence[Any]) -> Self:
        """Filter by the values of a column that indexes begin with."""
        is_prepared = any(isinstance(value, Parameter) for value in values)
        # A foreign key's own lookup accepts no expressions.
        condition = In(F(field), values) if is_prepared else Q(**{f"{field}__in": values})
        queryset = self.filter(condition)
        queryset._ranges = Ranges(field, values, queryset.query.where.children[-1])
        return queryset

    def by_inverted_index(self) -> Self:
        """Return the queryset, one of whose conditions a GIN index serves.

        It finds all rows at once, and would be read anew for each of the values.
        """
        queryset = self.all()
        queryset._is_inverted = True
        return queryset

    @property
    def has_several_ranges(self) -> bool:
        """Return whether PostgreSQL would read one range where several have the first rows."""
        has_several_values = self.ranges is not None and len(self.ranges.values) > 1
        is_postgresql = connections[self.db].vendor == "postgresql"
        return is_postgresql and (bool(self._alternatives) or has_several_values)

    @property
    def ranges(self) -> Ranges | None:
        return None if self._is_inverted else self._ranges

    def separate(self, *, is_count: bool = False) -> list[Self]:
        """Return a queryset for each of the alternatives, or this one if there are none.

        A count reads no row twice, and needs those only that are filters.
        """
        rest, alternatives = self.all(), self._alternatives
        if is_count:
            alternatives = tuple(given for given in alternatives if given.node is not None)
        for given in alternatives:
            rest = rest if given.node is None else rest.without(given.node)
        combined = product(*(given.conditions for given in alternatives))
        return [rest.filter(*conditions) for conditions in combined]

    def without(self, node: Any) -> Self:
        """Return the queryset without a condition. PostgreSQL would estimate too few rows."""
        queryset = self.all()
        queryset.query.where.children.remove(node)
        return queryset

    def _clone(self) -> Self:
        # Django's hook for querysets with attributes of their own; django-stubs omits it.
        clone = super()._clone()  # type: ignore[misc]
        clone._alternatives, clone._ranges = self._alternatives, self._ranges
        clone._is_inverted = self._is_inverted
        return clone


def first_rows(queryset: QuerySetT, number: int) -> QuerySetT:
    """Return a queryset whose first `number` rows are those of this one, in its order.

    `order_by()` must be names of columns, the last one `id`. The primary keys are found in the
    indexes alone; the rest of the query is for the rows of the page.
    """
    if not isinstance(queryset, MergeAppendQuerySet) or not queryset.has_several_ranges:
        return queryset
    sql, params = first_keys(queryset, number)
    return queryset.filter(pk__in=RawSQL(sql, params))


def count_up_to(queryset: QuerySet, maximum: int) -> int:
    """Return the number of rows, or `maximum` if there are more."""
    return rows_to_count(queryset, maximum).count()


def rows_to_count(queryset: QuerySet, maximum: int) -> QuerySet:
    """Return a queryset of all rows, or of `maximum` if there are more, in any order."""
    queryset = queryset.order_by().values_list("pk")
    if isinstance(queryset, MergeAppendQuerySet):
        first, *others = queryset.separate(is_count=True)
        queryset = first.union(*others, all=True) if others else queryset
    return queryset[:maximum]


def first_keys(queryset: MergeAppendQuerySet[Any], number: int) -> tuple[str, list[Any]]:
    """Return the SQL that selects the primary keys of the first rows of all ranges."""
    ordering = sql_ordering(queryset)
    if queryset.ranges is None:
        sql, params = first_of_range(queryset, ordering, number)
        return f"SELECT id FROM ({sql}) AS first_rows", params
    table, params = candidates(queryset, queryset.ranges)
    if len(queryset.ranges.values) > number:
        # The first rows are in the ranges whose own first row comes first.
        sql, more = first_of_range(queryset, ordering, 1)
        params = [*params, *more]
        table = (
            f"(SELECT candidate.value FROM {table} CROSS JOIN LATERAL ({sql}) AS first_row"
            f" ORDER BY {ordering} LIMIT {number}) AS candidate"
        )
    sql, more = first_of_range(queryset, ordering, number)
    return (
        f"SELECT id FROM (SELECT first_rows.* FROM {table} CROSS JOIN LATERAL ({sql}) AS first_rows"
        f" ORDER BY {ordering} LIMIT {number}) AS merged",
        [*params, *more],
    )


def sql_ordering(queryset: QuerySet) -> str:
    """Return the ordering as SQL, in unqualified names of columns."""
    terms = []
    for name in map(str, queryset.query.order_by):
        column = queryset.model._meta.get_field(name.lstrip("-")).column
        terms.append(f'"{column}" {"DESC" if name.startswith("-") else "ASC"}')
    return ", ".join(terms)


def candidates(queryset: QuerySet, values: Ranges) -> tuple[str, list[Any]]:
    """Return the SQL of a table of the values."""
    db_type = queryset.model._meta.get_field(values.field).db_type(connections[queryset.db])
    return f"unnest(%s::{db_type}[]) AS candidate(value)", [list(values.values)]


def first_of_range(
    queryset: MergeAppendQuerySet[Any], ordering: str, number: int
) -> tuple[str, list[Any]]:
    """Return the SQL of the first rows of the range at `candidate.value`, or of all rows."""
    if queryset.ranges:
        value = RawSQL("candidate.value", [])
        queryset = queryset.without(queryset.ranges.node).filter(**{queryset.ranges.field: value})
    names = [str(name).lstrip("-") for name in queryset.query.order_by]
    compiled = [
        rows.values_list(*names)[:number].query.sql_with_params() for rows in queryset.separate()
    ]
    params = [param for _, more in compiled for param in more]
    if len(compiled) == 1:
        return compiled[0][0], params
    union = " UNION ALL ".join(f"({sql})" for sql, _ in compiled)
    return f"SELECT * FROM ({union}) AS alternative ORDER BY {ordering} LIMIT {number}", params
