"""Keyset cursors: a place in an ordering, which stays where it is while rows come and go."""

import json
from typing import Any, NamedTuple

from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet

SALT = "core.cursors"


class Term(NamedTuple):
    """One column of an ordering."""

    field: str
    is_descending: bool


class Position(NamedTuple):
    """The values of the row at the edge of a page, and which way to go from there."""

    values: list[str]
    is_backward: bool


def ordering_of(queryset: QuerySet) -> list[Term]:
    return [Term(term.lstrip("-"), term.startswith("-")) for term in queryset.query.order_by]


class Cursor:
    """Reads and writes positions in one list: signed, and bound to its filters and ordering."""

    def __init__(self, ordering: list[Term], binding: str) -> None:
        self.ordering = ordering
        self.signer = signing.Signer(salt=f"{SALT} {ordering} {binding}")

    def read(self, text: str) -> Position | None:
        """Give the position that a text stands for, None for the start. Raises `ValueError`."""
        if text == "":
            return None
        try:
            values, is_backward = self.signer.unsign_object(text, serializer=Serializer)
        except signing.BadSignature as error:
            raise ValueError("not signed by us for this list") from error
        return Position(values, is_backward)

    def write(self, row: Model, is_backward: bool) -> str:
        values = [getattr(row, term.field) for term in self.ordering]
        return self.signer.sign_object((values, is_backward), serializer=Serializer)

    def page(
        self, queryset: QuerySet, position: Position | None, size: int
    ) -> tuple[list[Any], str | None, str | None]:
        """Give a page of rows, and the cursors of the page before and after, if there are any."""
        is_backward = position is not None and position.is_backward
        rows = queryset.reverse() if is_backward else queryset
        if position:
            rows = rows.filter(self.beyond(position))
        found = list(rows[: size + 1])
        has_more, found = len(found) > size, found[:size]
        if is_backward:
            found.reverse()
        if not found:
            return [], None, None
        has_before = has_more if is_backward else position is not None
        has_after = True if is_backward else has_more
        before = self.write(found[0], True) if has_before else None
        after = self.write(found[-1], False) if has_after else None
        return found, before, after

    def beyond(self, position: Position) -> Q:
        """Take what comes after the position: a < x, or a = x and b < y, and so on.

        The bound on the first column stands alone too, so that an index is entered there.
        """
        beyond = Q()
        for term, value in reversed(list(zip(self.ordering, position.values, strict=True))):
            side = "lt" if term.is_descending != position.is_backward else "gt"
            further, same = Q(**{f"{term.field}__{side}": value}), Q(**{term.field: value})
            beyond = further | (same & beyond) if beyond else further
        first, value = self.ordering[0], position.values[0]
        side = "lte" if first.is_descending != position.is_backward else "gte"
        return Q(**{f"{first.field}__{side}": value}) & beyond


class Serializer:
    """JSON that knows decimals, times and ids, in as few bytes as a URL has room for."""

    def dumps(self, obj: Any) -> bytes:
        return MicrosecondEncoder(separators=(",", ":"), ensure_ascii=False).encode(obj).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class MicrosecondEncoder(DjangoJSONEncoder):
    """Keeps times whole: JSON for people stops at milliseconds."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)
