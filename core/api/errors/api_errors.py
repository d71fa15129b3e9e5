"""Errors of HTTP requests: those that this package raises, and those of DRF and Django."""

from core.error_base import CatalogError, body_error
from core.errors import Conflict

PRODUCTS = "/api/products/"


def query_error(parameter: str, code: str, detail: str) -> dict[str, str]:
    """Return an entry of `errors`: what is wrong with a query parameter."""
    return {"parameter": parameter, "code": code, "detail": detail}


class BadRequest(CatalogError):
    """The request cannot be read: its URL, a header, or the form in its body is malformed."""

    code, title = "bad-request", "Bad request"
    remedy = "Correct the request. `detail` says which part of it cannot be read."
    example = {"detail": "The request cannot be read."}


class BadHeader(BadRequest):
    """A header has a value that cannot be used."""


class MalformedForm(BadRequest):
    """The body is not a complete multipart form in UTF-8."""


class MalformedBody(CatalogError):
    """The body is not JSON, or JSON that readers may understand in different ways."""

    code, title = "malformed-json", "Malformed JSON"
    remedy = "Send JSON in UTF-8, without duplicate names, NaN, or deep nesting."
    example = {"detail": "The JSON is malformed: a name is repeated"}


class UnknownParameter(CatalogError):
    """The path has no query parameter of this name."""

    code, title = "unknown-parameter", "Unknown parameter"
    remedy = "Remove or correct the parameters in `errors`: `did_you_mean` is the nearest name."
    example = {
        "instance": PRODUCTS,
        "detail": "1 parameter is invalid.",
        "errors": [
            query_error("min_prise", code, "Accepted parameters: max_price, min_price.")
            | {"did_you_mean": "min_price"},
        ],
    }


class InvalidCursor(CatalogError):
    """The cursor is not one of this list, with these filters in this order."""

    code, title = "invalid-cursor", "Invalid cursor"
    remedy = "Start again with an empty `cursor`, then follow `next` without changing it."
    example = {
        "instance": PRODUCTS,
        "detail": "1 parameter is invalid.",
        "errors": [
            query_error(
                "cursor",
                code,
                "Invalid cursor, or a cursor of a list with another filter or ordering.",
            ),
        ],
    }


class CursorRequired(CatalogError):
    """The page is too far from the start to be selected by its number."""

    code, title = "use-cursor", "Page number too high"
    remedy = "Start with an empty `cursor` and follow `next`, or narrow the list by filters."
    example = {
        "instance": PRODUCTS,
        "detail": "1 parameter is invalid.",
        "errors": [
            query_error(
                "page", code, "Page numbers reach only the first 10000 rows; use a cursor."
            ),
        ],
    }


class RejectedImage(CatalogError):
    """The image cannot be decoded, or is outside of the limits. `errors` has the reason."""

    code, title = "invalid-image", "Invalid image"
    remedy = "Send another image, or save this one again as JPEG, PNG or WebP."
    example = {
        "detail": "The image is incomplete.",
        "errors": [body_error("/image", "broken-image", "The image is incomplete.")],
    }


class AuthenticationRequired(CatalogError):
    """The request has no valid credentials."""

    code, title = "authentication-required", "Authentication required"
    remedy = "Send valid credentials in the `Authorization` header."
    example = {"detail": "Authentication credentials were not provided."}


class PermissionDenied(CatalogError):
    """The caller may not do this."""

    code, title = "permission-denied", "Permission denied"
    remedy = "Use credentials that have the permission."
    example = {"detail": "You do not have permission to perform this action."}


class MethodNotAllowed(CatalogError):
    """The path exists, but not with this method."""

    code, title = "method-not-allowed", "Method not allowed"
    remedy = "Use one of the methods in the `Allow` header of the response."
    example = {"instance": PRODUCTS, "detail": 'Method "DELETE" not allowed.'}


class NotAcceptable(CatalogError):
    """The path has no representation of the media types in `Accept`."""

    code, title = "not-acceptable", "Not acceptable"
    remedy = "Accept `application/json`, or leave the `Accept` header out."
    example = {"detail": "Could not satisfy the request Accept header."}


class UnsupportedMediaType(CatalogError):
    """The body, or the image in it, has a media type or charset that is not accepted here."""

    code, title = "unsupported-media-type", "Unsupported media type"
    remedy = "Send a media type that the OpenAPI document lists for this operation, in UTF-8."
    example = {"detail": 'Unsupported media type "text/plain" in request.'}


class IdempotencyKeyInUse(Conflict):
    """The first request with this idempotency key is still running."""

    code, title = "idempotency-in-progress", "The idempotency key is in use"
    remedy = "Wait as long as `Retry-After` says, then repeat the request with the same key."
    retry_after = 1
    example = {"instance": PRODUCTS, "detail": "The first request with this key is still running."}


class IdempotencyKeyReused(CatalogError):
    """The idempotency key was sent with another body before."""

    code, title = "idempotency-key-reused", "The idempotency key was used before"
    remedy = "Use a new key for each new request, and the same key only to repeat one unchanged."
    example = {"instance": PRODUCTS, "detail": "The key was used before with another body."}


class Throttled(CatalogError):
    """The caller has sent too many requests."""

    code, title = "throttled", "Too many requests"
    remedy = "Wait as long as `Retry-After` says, and send fewer requests."
    example = {"detail": "Request was throttled. Expected available in 7 seconds."}


class InternalError(CatalogError):
    """The server failed in a way that was not foreseen."""

    code, title = "internal-error", "Internal error"
    remedy = "Report the `request_id` to whoever runs the server. A repeated GET is safe."
    example = {"detail": "The server failed unexpectedly."}


class ServiceUnavailable(CatalogError):
    """The server cannot serve the request now, mostly because the database is unavailable."""

    code, title = "service-unavailable", "Service unavailable"
    remedy = "Wait as long as `Retry-After` says, then try again."
    retry_after = 2
    example = {"detail": "Try again in a moment."}
