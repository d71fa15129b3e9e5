"""The base class of all errors that clients receive, and their documentation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

EXAMPLE_ID = "0199a4f2-3c1b-7d52-9a37-6f0d6c1f2b11"


@dataclass(frozen=True)
class Extension:
    """An extension member of a problem (RFC 9457, section 3.2)."""

    type: Any  # a type of JSON, `UUID`, `datetime`, or a list of a `TypedDict`
    description: str
    format: str | None = None


def body_error(pointer: str, code: str, detail: str) -> dict[str, str]:
    """Return an entry of `errors`: what is wrong at a JSON pointer into the body."""
    return {"pointer": pointer, "code": code, "detail": detail}


class CatalogError(Exception):
    """A failure that a client can act on.

    A class with a `code` of its own is a problem type. Its docstring, title, remedy and example
    are what clients read about it: in the OpenAPI document and under `/problems/<code>/`.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    remedy: ClassVar[str]
    example: ClassVar[Mapping[str, Any]]  # the members that differ between two problems of a type
    members: ClassVar[Mapping[str, Extension]] = {}
    retry_after: ClassVar[int | None] = None  # in seconds

    def __init__(self, detail: str, **extensions: Any) -> None:
        super().__init__(detail)
        self.extensions: Mapping[str, Any] = extensions
