"""Search for words of one or two letters, which a trigram index cannot find.

PostgreSQL has an index of the letters and pairs of adjacent letters of each text. It is for rare
ones: of frequent ones, any other index finds a page of rows sooner.
"""

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup, QuerySet

from core.db.search import SearchTextField, Sql

QuerySetT = TypeVar("QuerySetT", bound=QuerySet)

TRIGRAM = re.compile(r"[^\W_]{3}")
MAX_RARE = 50_000  # rows; of more than these, a walk through any order finds a page soon


def is_short(word: str) -> bool:
    """Return whether the word has no three letters or digits in a row."""
    return TRIGRAM.search(word) is None


def letters_of(words: Sequence[str]) -> list[str]:
    """Return the letters and pairs that a text has if it contains the words."""
    pairs = {"".join(pair) for word in words for pair in pairwise(word)}
    return sorted(pairs.union(word for word in words if len(word) == 1))


def narrow_by_letters(queryset: QuerySetT, words: Sequence[str]) -> QuerySetT:
    """Return the queryset with a condition for the index, if few rows have the words' letters.

    It is implied by the words. The planner's own statistics tell how many there are.
    """
    if not words or connections[queryset.db].vendor != "postgresql":
        return queryset
    condition = {"search_text__has_letters": letters_of(words)}
    rows = queryset.model._base_manager.filter(**condition).order_by()
    (plan,) = json.loads(rows.explain(format="json"))
    is_rare = plan["Plan"]["Plan Rows"] <= MAX_RARE
    return queryset.filter(**condition) if is_rare else queryset


@SearchTextField.register_lookup
class ContainsShort(Lookup):
    """Compares without LIKE: the trigram index would be read from end to end for it."""

    lookup_name = "contains_short"

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Sql:
        return self.position("STRPOS", compiler, connection)

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper) -> Sql:
        return self.position("INSTR", compiler, connection)

    def position(self, function: str, compiler: Any, connection: BaseDatabaseWrapper) -> Sql:
        lhs, params = self.process_lhs(compiler, connection)
        rhs, more = self.process_rhs(compiler, connection)
        return f"{function}({lhs}, {rhs}) > 0", [*params, *more]


@SearchTextField.register_lookup
class HasLetters(Lookup):
    """`search_text__has_letters=["a", "ab"]`: what an index on PostgreSQL finds."""

    lookup_name = "has_letters"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Sql:
        lhs, params = self.process_lhs(compiler, connection)
        return f"catalog_letters({lhs}) @> %s::text[]", [*params, self.rhs]
