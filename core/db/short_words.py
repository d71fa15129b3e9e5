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
from django.db.models.expressions import RawSQL

from core.db.search import SearchTextField, Sql

QuerySetT = TypeVar("QuerySetT", bound=QuerySet)

TRIGRAM = re.compile(r"[^\W_]{3}")
MAX_FREQUENT = 200_000  # rows; of more than these, a walk through any order finds a page soon
MAX_RARE = 5_000  # rows; the planner guesses that a letter which it does not know is in so many
MAX_ESTIMATED = 20  # letters and pairs
MAX_COMBINED = 3  # of them: the rarest say nearly all, and the index reads each of the others too


def is_short(word: str) -> bool:
    """Return whether the word has no three letters or digits in a row."""
    return TRIGRAM.search(word) is None


def letters_of(words: Sequence[str]) -> list[str]:
    """Return the pairs and single letters of the words, those of other scripts than Latin first."""
    pairs = {"".join(pair) for word in words for pair in pairwise(word)}
    singles = (word for word in words if len(word) == 1)
    return [*sorted(pairs, reverse=True), *sorted(singles, reverse=True)]


def narrow_by_letters(queryset: QuerySetT, words: Sequence[str]) -> QuerySetT:
    """Return the queryset with a condition for the index, if not too many rows have the letters.

    It is implied by the words. The planner's own statistics tell how many there are.
    """
    if not words or connections[queryset.db].vendor != "postgresql":
        return queryset
    rows = queryset.model._base_manager.all()
    estimates = estimate_rows(rows, letters_of(words)[:MAX_ESTIMATED])
    (estimate, _), *_ = estimates
    if estimate > MAX_FREQUENT:
        return queryset
    rarest = [letters for _, letters in estimates[:MAX_COMBINED]]
    if estimate > MAX_RARE:
        return queryset.filter(search_text__has_letters=rarest)
    # Found first, whatever the ordering is: a walk to the first of them may read all rows.
    found = rows.filter(search_text__has_letters=rarest).values("pk")
    sql, params = found.query.sql_with_params()
    return queryset.filter(pk__in=RawSQL(f"SELECT unnest(ARRAY({sql}))", params))


def estimate_rows(rows: QuerySet, letters: Sequence[str]) -> list[tuple[int, str]]:
    """Return how many rows the planner expects to have each letter or pair, rarest first."""
    first, *others = (rows.filter(search_text__has_letters=[item]).values("pk") for item in letters)
    query = first.union(*others, all=True) if others else first
    plan = json.loads(query.explain(format="json"))[0]["Plan"]
    parts = plan["Plans"] if others else [plan]
    return sorted(zip((part["Plan Rows"] for part in parts), letters, strict=True))


@SearchTextField.register_lookup
class ContainsAll(Lookup):
    """`search_text__contains_all=["a", "b"]`: the text has all of these words.

    No index is used: that of trigrams would be read from end to end. The planner estimates
    LIKE from its sample of texts, and other functions not at all.
    """

    lookup_name = "contains_all"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Sql:
        lhs, params = self.process_lhs(compiler, connection)
        patterns = [f"%{connection.ops.prep_for_like_query(word)}%" for word in self.rhs]
        return f"{lhs} LIKE ALL (%s::text[])", [*params, patterns]

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper) -> Sql:
        lhs, params = self.process_lhs(compiler, connection)
        sql = " AND ".join([f"INSTR({lhs}, %s) > 0"] * len(self.rhs))
        return f"({sql})", [param for word in self.rhs for param in (*params, word)]


@SearchTextField.register_lookup
class HasLetters(Lookup):
    """`search_text__has_letters=["a", "ab"]`: what an index on PostgreSQL finds."""

    lookup_name = "has_letters"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Sql:
        lhs, params = self.process_lhs(compiler, connection)
        return f"catalog_letters({lhs}) @> %s::text[]", [*params, self.rhs]
