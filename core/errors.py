"""What can go wrong in the catalog, in its own words. The API decides which status that is."""

from collections.abc import Mapping
from typing import Any, Self


class CatalogError(Exception):
    """A failure that a client can understand: a stable `code`, a sentence, and facts to act on."""

    code = "error"

    def __init__(self, detail: str, **facts: Any) -> None:
        super().__init__(detail)
        self.facts: Mapping[str, Any] = facts


class NotFound(CatalogError):
    code = "not-found"


class Deleted(NotFound):
    """It was here, and can be brought back. Facts: `deleted_at`."""

    code = "deleted"


class Moved(CatalogError):
    """It stands under another slug now. Facts: `slug`."""

    code = "moved"


class Conflict(CatalogError):
    code = "conflict"


class SlugConflict(Conflict):
    """Another live object has the slug. Facts: `slug`, `holder` (its id), `errors` of all."""

    code, field = "slug-conflict", "slug"


class SkuConflict(Conflict):
    """Another live product has the SKU. Facts: `sku`, `holder` (its id), `errors`."""

    code, field = "sku-conflict", "sku"


class NotDeleted(Conflict):
    code = "not-deleted"


class NotFailed(Conflict):
    """There is no failed thumbnail to try again."""


class Ambiguous(Conflict):
    """Several deleted objects had the slug. Facts: `candidates`, ids with times of deletion."""

    code = "ambiguous"


class CategoryCycle(Conflict):
    code = "category-cycle"


class CategoryNotEmpty(Conflict):
    """Facts: `categories` and `products`, the numbers of live ones that hang on it."""

    code = "category-not-empty"


class VersionMoved(CatalogError):
    """Somebody changed the object first. Facts: `version`, the current one."""

    code = "precondition-failed"


class Invalid(CatalogError):
    """A rule over several rows refuses a value. Facts: `pointer`, the JSON pointer of the field."""

    code = "invalid"


class UnknownLink(Invalid):
    """The linked row is not live, or not any more. Facts: `pointer`."""

    code = "unknown"


class StorageUnavailable(CatalogError):
    """A file cannot be written or read now: the disk is full or read-only, the bucket away."""

    code = "storage-unavailable"


class TooLarge(CatalogError):
    """Facts: `limit` and, where it is known, `size`, in bytes."""

    code = "too-large"

    @classmethod
    def image(cls, size: int, limit: int) -> Self:
        """Return the error for an image of this many bytes."""
        detail = f"The image has {size:,} bytes; at most {limit:,} are accepted."
        return cls(detail, limit=limit, size=size)


class NotUnderstood(CatalogError):
    """The body is not what its content type says."""

    code = "malformed-json"


class MalformedForm(NotUnderstood):
    """The body is no whole multipart form in UTF-8."""

    code = "bad-request"


class Unusable(CatalogError):
    """A header or parameter cannot be used as it is."""

    code = "bad-request"


class KeyInProgress(Conflict):
    """The first request with an idempotency key has not been answered yet."""

    code = "idempotency-in-progress"


class KeyReused(CatalogError):
    """An idempotency key came with another body before."""

    code = "idempotency-key-reused"


class PurgeIncomplete(Exception):
    """Some rows could not be purged; the others were. No client meets it: purging is a job."""
