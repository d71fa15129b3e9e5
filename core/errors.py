"""Errors of the catalog's rules: code, title and documentation of each. None knows HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self, TypedDict
from uuid import UUID

EXAMPLE_ID = "0199a4f2-3c1b-7d52-9a37-6f0d6c1f2b11"
EXAMPLE_DELETED_AT = "2026-01-31T12:00:00Z"


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


class NotFound(CatalogError):
    """There is no such object, or no such path."""

    code, title = "not-found", "Not found"
    remedy = "Check the slug or the id in the URL."
    example = {"detail": "There is no product 'blue-mug'."}


class SoftDeleted(NotFound):
    """The object was deleted, and can still be restored."""

    code, title = "deleted", "Deleted"
    members = {
        "deleted_at": Extension(datetime, "when it was deleted"),
        "restore_url": Extension(str, "the URL that restores it with a POST", "uri-reference"),
    }
    remedy = "Send a POST to `restore_url` to restore it."
    example = {
        "detail": "The product 'blue-mug' was deleted.",
        "deleted_at": EXAMPLE_DELETED_AT,
        "restore_url": f"/api/products/{EXAMPLE_ID}/restore/",
    }

    def __init__(
        self,
        detail: str,
        *,
        model_name: str | None = None,
        row_id: UUID | None = None,
        **extensions: Any,
    ) -> None:
        """Name the row where its `restore_url` is to be shown. The API builds the URL."""
        super().__init__(detail, **extensions)
        self.model_name, self.row_id = model_name, row_id


class SlugMoved(CatalogError):
    """The object has another slug now. Not a problem but a redirect. Extensions: `slug`."""


class Conflict(CatalogError):
    """The request conflicts with the current state, often with a change made at the same time."""

    code, title = "conflict", "Conflict"
    remedy = "Read the object again, then repeat the request if it still makes sense."
    example = {"detail": "Another change came first. Try again."}


class SlugConflict(Conflict):
    """Another live object has the slug."""

    code, title, field = "slug-conflict", "The slug is taken", "slug"
    members = {
        "slug": Extension(str, "the slug that is taken"),
        "holder": Extension(UUID, "the id of the object that has the value"),
    }
    remedy = "Send another slug, or none: a new object then gets a free one made from its name."
    example = {
        "detail": "Another live product has the slug 'blue-mug'.",
        "slug": "blue-mug",
        "holder": EXAMPLE_ID,
        "errors": [body_error("/slug", code, "Another live product has the slug 'blue-mug'.")],
    }


class SkuConflict(Conflict):
    """Another live product has the SKU."""

    code, title, field = "sku-conflict", "The SKU is taken", "sku"
    members = {
        "sku": Extension(str, "the SKU that is taken"),
        "holder": SlugConflict.members["holder"],
    }
    remedy = "Send another SKU, or null."
    example = {
        "detail": "Another live product has the sku 'MUG-1'.",
        "sku": "MUG-1",
        "holder": EXAMPLE_ID,
        "errors": [body_error("/sku", code, "Another live product has the sku 'MUG-1'.")],
    }


class NotDeleted(Conflict):
    """The object to restore is live."""

    code, title = "not-deleted", "Not deleted"
    remedy = "Nothing needs to be done: the object can be read and changed as it is."
    example = {"detail": "'blue-mug' is not deleted."}


class ThumbnailNotFailed(Conflict):
    """Only a failed thumbnail can be generated again."""


class Candidate(TypedDict):
    """A deleted object that a slug may mean."""

    id: UUID
    deleted_at: datetime


class AmbiguousSlug(Conflict):
    """Several deleted objects had the slug."""

    code, title = "ambiguous", "Ambiguous slug"
    members = {"candidates": Extension(list[Candidate], "the deleted objects that had the slug")}
    remedy = "Restore one of the `candidates` by its id instead of the slug."
    example = {
        "detail": "Several deleted objects had the slug 'blue-mug'.",
        "candidates": [
            {"id": EXAMPLE_ID, "deleted_at": EXAMPLE_DELETED_AT},
            {"id": "0199a4f2-0000-7d52-9a37-6f0d6c1f2b11", "deleted_at": "2026-01-30T12:00:00Z"},
        ],
    }


class CategoryCycle(Conflict):
    """The new parent of a category is the category itself, or one of its descendants."""

    code, title = "category-cycle", "A category cannot be below itself"
    remedy = "Choose a parent outside of the category's own subtree."
    example = {
        "instance": "/api/categories/mugs/",
        "detail": "'cups' is 'mugs' itself, or below it.",
    }


class CategoryNotEmpty(Conflict):
    """The category has live subcategories or products, and `strategy=restrict` was requested."""

    code, title = "category-not-empty", "The category is not empty"
    members = {
        "categories": Extension(int, "the number of live categories below it"),
        "products": Extension(int, "the number of live products in it or below"),
    }
    remedy = "Move or delete them first, or delete with `strategy=cascade` or `strategy=detach`."
    example = {
        "instance": "/api/categories/mugs/",
        "detail": "'mugs' is not empty.",
        "categories": 2,
        "products": 120,
    }


class VersionMismatch(CatalogError):
    """The object has changed since the version that `If-Match` names."""

    code, title = "precondition-failed", "The object has changed"
    members = {"version": Extension(int, "the current version")}
    remedy = "Read the object again, and send its new `ETag` in `If-Match`."
    example = {"detail": "It has changed since you read it.", "version": 4}


class InvalidRequest(CatalogError):
    """Fields or parameters are invalid. `errors` lists each of them."""

    code, title = "validation-error", "Invalid request"
    remedy = "Correct what `errors` lists: `pointer` is a field, `parameter` a query parameter."
    example = {
        "detail": "1 field is invalid.",
        "errors": [body_error("/price", "min_value", "Must be at least 0.")],
    }


class InvalidField(InvalidRequest):
    """A rule over several rows rejects a value. `pointer` is the field as a JSON pointer."""

    error_code = "invalid"

    def __init__(self, detail: str, *, pointer: str) -> None:
        super().__init__(detail)
        self.pointer = pointer


class UnknownLink(InvalidField):
    """The linked row is not live, or not any more."""

    error_code = "unknown"


class StorageUnavailable(CatalogError):
    """A file cannot be read or written now: the disk is full, or the bucket unavailable."""

    code, title = "storage-unavailable", "The storage is unavailable"
    remedy = "Try again later. Requests without an image are not affected."
    example = {"detail": "The image cannot be stored now."}


class PayloadTooLarge(CatalogError):
    """The body, or the image in it, is larger than the server accepts."""

    code, title = "too-large", "Too large"
    members = {
        "limit": Extension(int, "the number of bytes accepted at most"),
        "size": Extension(int, "the number of bytes of the image"),
    }
    remedy = "Send less. `limit` is the number of bytes accepted, where it is known."
    example = {
        "detail": "The image has 12,345,678 bytes; at most 10,485,760 are accepted.",
        "limit": 10_485_760,
        "size": 12_345_678,
    }

    @classmethod
    def image(cls, size: int, limit: int) -> Self:
        """Return the error for an image of this many bytes."""
        detail = f"The image has {size:,} bytes; at most {limit:,} are accepted."
        return cls(detail, limit=limit, size=size)


class PurgeIncomplete(Exception):
    """Some rows could not be purged; the others were. No client meets it: purging is a job."""
