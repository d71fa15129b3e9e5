"""What can go wrong in the catalog, in its own words. The API decides which status that is."""

from collections.abc import Mapping
from typing import Any, Self


class CatalogError(Exception):
    """A failure that a client can act on: a stable `code`, a detail and extension members."""

    code = "error"

    def __init__(self, detail: str, **extensions: Any) -> None:
        super().__init__(detail)
        self.extensions: Mapping[str, Any] = extensions


class NotFound(CatalogError):
    code = "not-found"


class SoftDeleted(NotFound):
    """It was here, and can be brought back. Extensions: `deleted_at`."""

    code = "deleted"


class SlugMoved(CatalogError):
    """It stands under another slug now. Extensions: `slug`."""

    code = "moved"


class Conflict(CatalogError):
    code = "conflict"


class SlugConflict(Conflict):
    """Another live object has the slug. Extensions: `slug`, `holder` (its id), `errors` of all."""

    code, field = "slug-conflict", "slug"


class SkuConflict(Conflict):
    """Another live product has the SKU. Extensions: `sku`, `holder` (its id), `errors`."""

    code, field = "sku-conflict", "sku"


class NotDeleted(Conflict):
    code = "not-deleted"


class ThumbnailNotFailed(Conflict):
    """There is no failed thumbnail to try again."""


class AmbiguousSlug(Conflict):
    """Several deleted objects had the slug. Extensions: `candidates`, with `id`, `deleted_at`."""

    code = "ambiguous"


class CategoryCycle(Conflict):
    code = "category-cycle"


class CategoryNotEmpty(Conflict):
    """Extensions: `categories` and `products`, the numbers of live ones that hang on it."""

    code = "category-not-empty"


class VersionMismatch(CatalogError):
    """Somebody changed the object first. Extensions: `version`, the current one."""

    code = "precondition-failed"


class InvalidField(CatalogError):
    """A rule over several rows rejects a value. Extensions: `pointer`, a JSON pointer."""

    code = "invalid"


class UnknownLink(InvalidField):
    """The linked row is not live, or not any more. Extensions: `pointer`."""

    code = "unknown"


class StorageUnavailable(CatalogError):
    """A file cannot be written or read now: the disk is full or read-only, the bucket away."""

    code = "storage-unavailable"


class PayloadTooLarge(CatalogError):
    """Extensions: `limit` and, where it is known, `size`, in bytes."""

    code = "too-large"

    @classmethod
    def image(cls, size: int, limit: int) -> Self:
        """Return the error for an image of this many bytes."""
        detail = f"The image has {size:,} bytes; at most {limit:,} are accepted."
        return cls(detail, limit=limit, size=size)


class MalformedBody(CatalogError):
    """The body is not what its content type says."""

    code = "malformed-json"


class MalformedForm(MalformedBody):
    """The body is no whole multipart form in UTF-8."""

    code = "bad-request"


class BadHeader(CatalogError):
    """A header or parameter cannot be used as it is."""

    code = "bad-request"


class IdempotencyKeyInUse(Conflict):
    """The first request with an idempotency key has not been answered yet."""

    code = "idempotency-in-progress"


class IdempotencyKeyReused(CatalogError):
    """An idempotency key came with another body before."""

    code = "idempotency-key-reused"


class PurgeIncomplete(Exception):
    """Some rows could not be purged; the others were. No client meets it: purging is a job."""
