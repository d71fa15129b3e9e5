"""Keyset cursors: positions in an ordering that stay valid while rows are added and deleted."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from core.api.lists.listings import Listing, OrderingTerm
from core.db.merge_append import first_rows

SALT = "core.cursors"


class Position(NamedTuple):
    """The ordering's values of the row at the edge of a page, and the direction from there."""

    values: list[str]
    reverse: bool


class CursorPage(NamedTuple):
    """Rows, and the cursors of the pages around them; `None` where there is no page."""

    rows: list[Any]
    previous: str | None
    next: str | None


def ordering_salt(ordering: list[OrderingTerm]) -> str:
    """Return the part of the salt that binds a cursor to its ordering.

    It is spelled out, because clients keep cursors across releases: with any other text, all
    cursors in use would be invalid.
    """
    terms = (f"Term(field={term.field!r}, is_descending={term.is_descending})" for term in ordering)
    return f"[{', '.join(terms)}]"


class Cursor:
    """Encodes positions in one list as strings, signed and valid for this list alone.

    `scope` identifies the list: a cursor of another scope or ordering is invalid.
    """

    def __init__(self, ordering: list[OrderingTerm], scope: str) -> None:
        self.ordering = ordering
        self.signer = signing.Signer(salt=f"{SALT} {ordering_salt(ordering)} {scope}")

    def decode(self, cursor: str) -> Position | None:
        """Return the position, `None` for the start of the list. Raise `ValueError`."""
        if cursor == "":
            return None
        try:
            values, reverse = self.signer.unsign_object(cursor, serializer=CompactJSON)
        except signing.BadSignature as error:
            raise ValueError("The cursor has no valid signature for this list.") from error
        return Position(values, reverse)

    def encode(self, values: list[Any], *, reverse: bool) -> str:
        """Return the cursor of the page after the row with these values, or before it."""
        return self.signer.sign_object((values, reverse), serializer=CompactJSON)

    def paginate(self, listing: Listing, position: Position | None, page_size: int) -> CursorPage:
        """Return one page of rows, with one query; one row more is read to know if there are more.

        On the way back, rows are read in reverse order and returned in the list's order.
        """
        reverse = position is not None and position.reverse

        def page(queryset: QuerySet, values: Sequence[Any]) -> QuerySet:
            ordered = queryset.reverse() if reverse else queryset
            if values:
                ordered = ordered.filter(self._after(values, reverse=reverse))
            return first_rows(ordered, page_size + 1)[: page_size + 1]

        name = ("cursor", position is not None, reverse, page_size)
        rows = listing.fetch(name, page, position.values if position else ())
        has_more, rows = len(rows) > page_size, rows[:page_size]
        if not rows:
            return CursorPage([], None, None)
        if reverse:
            rows.reverse()
        has_previous = has_more if reverse else position is not None
        has_next = reverse or has_more
        return CursorPage(
            rows,
            self.encode(listing.ordering_values(rows[0]), reverse=True) if has_previous else None,
            self.encode(listing.ordering_values(rows[-1]), reverse=False) if has_next else None,
        )

    def _after(
        self, values: Sequence[Any], *, reverse: bool
    ) -> Q | TupleGreaterThan | TupleLessThan:
        """Return the condition for rows after these values, with which an index is entered there.

        In one direction it is a row comparison, (a, b) < (x, y). In two it is a < x, or a = x and
        b > y, and so on; and the bound on the first column stands alone too.
        """
        terms = list(zip(self.ordering, values, strict=True))
        if len({term.is_descending for term in self.ordering}) == 1:
            is_less = self.ordering[0].is_descending != reverse
            columns = Tuple(*(F(term.field) for term in self.ordering))
            return (TupleLessThan if is_less else TupleGreaterThan)(columns, values)
        after = Q()
        for term, value in reversed(terms):
            lookup = "lt" if term.is_descending != reverse else "gt"
            further, same = Q(**{f"{term.field}__{lookup}": value}), Q(**{term.field: value})
            after = further | (same & after) if after else further
        first, value = terms[0]
        lookup = "lte" if first.is_descending != reverse else "gte"
        return Q(**{f"{first.field}__{lookup}": value}) & after


class CompactJSON:
    """A serializer for `django.core.signing`: JSON without spaces or ASCII escapes."""

    def dumps(self, obj: Any) -> bytes:
        return MicrosecondEncoder(separators=(",", ":"), ensure_ascii=False).encode(obj).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class MicrosecondEncoder(DjangoJSONEncoder):
    """Keeps the microseconds of datetimes, which Django's encoder cuts to milliseconds."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)
