"""Representations of rows that are read as columns, without model instances."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.core.files.storage import default_storage
from django.db.models import Model
from rest_framework.request import Request

from core.db.compiled import Row

UTC_OFFSET = "+00:00"


class Spelling(NamedTuple):
    """The columns of a field, and the function that returns its value in JSON.

    The function is called with the absolute URL of media and with the values of the columns.
    Without one, the value is that of the only column.
    """

    columns: Sequence[str]
    function: Callable[..., Any] | None = None


class Representation:
    """The fields of a model in JSON, by name."""

    def __init__(self, model: type[Model], fields: Mapping[str, Spelling]) -> None:
        self.model, self.fields = model, fields

    def columns(self, names: Sequence[str], ordering: Iterable[str] = ()) -> tuple[str, ...]:
        """Return the columns of these fields and of an ordering; the first of each field first."""
        firsts = [self.fields[name].columns[0] for name in names]
        others = [column for name in names for column in self.fields[name].columns[1:]]
        ordered_by = [name.lstrip("-") for name in ordering]
        return tuple(dict.fromkeys([*firsts, *others, *ordered_by]))

    def represent(
        self, rows: Iterable[Row], names: Sequence[str], request: Request
    ) -> list[dict[str, Any]]:
        """Return the fields of these rows, which begin with the columns that `columns` returns."""
        columns = self.columns(names)
        computed = [
            (name, spelling.function, [columns.index(column) for column in spelling.columns])
            for name in names
            if (spelling := self.fields[name]).function
        ]
        media_url = absolute_media_url(request)
        results = []
        for row in rows:
            result = dict(zip(names, row, strict=False))  # further columns follow
            for name, function, positions in computed:
                result[name] = function(media_url, *[row[position] for position in positions])
            results.append(result)
        return results


def absolute_media_url(request: Request) -> str:
    """Return what the URL of each file begins with; the names of files need no encoding."""
    return request.build_absolute_uri(default_storage.url("-"))[:-1]


def text(media_url: str, value: Any) -> str:
    return str(value)


def if_live(media_url: str, value: Any, deleted_at: datetime | None) -> Any:
    """Return a value of a related row, or None if that is deleted."""
    return value if deleted_at is None else None


def file_url(media_url: str, name: str) -> str | None:
    return media_url + name if name else None


def file_urls(media_url: str, names: Mapping[str, str]) -> dict[str, str]:
    """Return the URLs of files by their keys."""
    return {key: media_url + name for key, name in names.items()}


def utc_time(media_url: str, moment: datetime | None) -> str | None:
    """Return a time in UTC as RFC 3339 writes it."""
    return moment.isoformat().removesuffix(UTC_OFFSET) + "Z" if moment else None
