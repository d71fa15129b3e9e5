"""Errors of the catalog's rules: code, title and documentation of each. None knows HTTP."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypedDict
from uuid import UUID

from core.error_base import EXAMPLE_ID, CatalogError, Extension, body_error

if TYPE_CHECKING:
    from core.models import SoftDeleteModel

EXAMPLE_DELETED_AT = "2026-01-31T12:00:00Z"


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

    def __init__(self, detail: str, row: "SoftDeleteModel") -> None:
        """Create the error; the API adds the `restore_url` of the row."""
        super().__init__(detail, deleted_at=row.deleted_at)
        self.model_name, self.row_id = row._meta.model_name, row.pk


class SlugMoved(CatalogError):
    """The object has another slug now: a redirect, and no problem."""

    def __init__(self, *, slug: str) -> None:
        super().__init__(f"The slug is {slug!r} now.")
        self.slug = slug


class Conflict(CatalogError):
    """The request conflicts with the current state, often with a change made at the same time."""

    code, title = "conflict", "Conflict"
    remedy = "Read the object again, then repeat the request if it still makes sense."
    example = {"detail": "Another change came first. Try again."}


class UniqueConflict(Conflict):
    """Another live object has a value that is unique among live objects."""

    field: ClassVar[str]

    def __init__(
        self,
        detail: str,
        *,
        value: Any,
        holder: UUID | None,
        errors: Sequence[Mapping[str, Any]] = (),
        more_errors: int = 0,
    ) -> None:
        """Create the error; `errors` are all conflicts of a request, `more_errors` the unlisted."""
        super().__init__(detail, **{self.field: value}, holder=holder)
        self.errors = errors or [body_error(f"/{self.field}", self.code, detail)]
        self.more_errors = more_errors


class SlugConflict(UniqueConflict):
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


class SkuConflict(UniqueConflict):
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
        "detail": "'cups' is 'mugs' itself or a descendant of it.",
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
        "detail": "The category 'mugs' is not empty.",
        "categories": 2,
        "products": 120,
    }

    def __init__(self, detail: str, *, categories: int, products: int) -> None:
        super().__init__(detail, categories=categories, products=products)


class VersionMismatch(CatalogError):
    """The object has changed since the version in `If-Match`."""

    code, title = "precondition-failed", "The object has changed"
    members = {"version": Extension(int, "the current version")}
    remedy = "Read the object again, and send its new `ETag` in `If-Match`."
    example = {"detail": "The object has changed since it was read.", "version": 4}

    def __init__(self, *, version: int) -> None:
        super().__init__("The object has changed since it was read.", version=version)


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
