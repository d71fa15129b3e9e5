"""Problems: failures as responses (RFC 9457), and the one table of their status codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.encoding import escape_uri_path
from rest_framework.request import Request
from rest_framework.response import Response

from core import errors
from core.api.errors import api_errors
from core.api.renderers import ORJSONRenderer
from core.error_base import EXAMPLE_ID, CatalogError

CONTENT_TYPE = "application/problem+json"
MAX_ERRORS = 50
NO_STORE = {"Cache-Control": "no-store"}

STATUSES: dict[type[CatalogError], int] = {
    api_errors.BadRequest: 400,
    api_errors.CursorRequired: 400,
    api_errors.InvalidCursor: 400,
    api_errors.MalformedBody: 400,
    api_errors.RejectedImage: 400,
    api_errors.UnknownParameter: 400,
    errors.InvalidRequest: 400,
    api_errors.AuthenticationRequired: 401,
    api_errors.PermissionDenied: 403,
    errors.NotFound: 404,
    errors.SoftDeleted: 404,
    api_errors.MethodNotAllowed: 405,
    api_errors.NotAcceptable: 406,
    api_errors.IdempotencyKeyInUse: 409,
    errors.AmbiguousSlug: 409,
    errors.CategoryCycle: 409,
    errors.CategoryNotEmpty: 409,
    errors.Conflict: 409,
    errors.NotDeleted: 409,
    errors.SkuConflict: 409,
    errors.SlugConflict: 409,
    errors.VersionMismatch: 412,
    errors.PayloadTooLarge: 413,
    api_errors.UnsupportedMediaType: 415,
    api_errors.IdempotencyKeyReused: 422,
    api_errors.Throttled: 429,
    api_errors.InternalError: 500,
    api_errors.ServiceUnavailable: 503,
    errors.StorageUnavailable: 507,
}
PROBLEM_TYPES = {error.code: error for error in STATUSES}


def status_of(error: type[CatalogError]) -> int:
    """Return the status of an error, or of the nearest base class that is in the table."""
    return next(STATUSES[base] for base in error.__mro__ if base in STATUSES)


def type_members(error: type[CatalogError]) -> dict[str, Any]:
    """Return the members that all problems of a type share."""
    return {
        "type": f"{settings.FORCE_SCRIPT_NAME or ''}/problems/{error.code}",
        "title": error.title,
        "status": status_of(error),
        "code": error.code,
    }


def example_of(error: type[CatalogError]) -> dict[str, Any]:
    """Return the body of an example, for the documentation."""
    variable = {"detail": "", "instance": "/api/products/blue-mug/", "request_id": EXAMPLE_ID}
    return {**type_members(error), **variable, **error.example}


@dataclass
class Problem:
    """A failure as a client sees it. `extensions` become members of their own.

    The first `MAX_ERRORS` are listed; those beyond, and `omitted` ones, are counted.
    """

    error: type[CatalogError]
    detail: str
    errors: Sequence[Mapping[str, Any]] = ()
    extensions: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    omitted: int = 0

    @property
    def code(self) -> str:
        return self.error.code

    @property
    def status(self) -> int:
        return status_of(self.error)

    def body(self, request: HttpRequest | Request) -> dict[str, Any]:
        body = {
            **type_members(self.error),
            "detail": self.detail,
            "instance": escape_uri_path(request.path),
            "request_id": getattr(request, "id", None),
            **self.extensions,
        }
        if self.errors:
            body["errors"] = list(self.errors[:MAX_ERRORS])
        if more := max(0, len(self.errors) - MAX_ERRORS) + self.omitted:
            body["more_errors"] = more
        return body

    def all_headers(self) -> dict[str, str]:
        seconds = self.error.retry_after
        retry_after = {} if seconds is None else {"Retry-After": str(seconds)}
        return {**NO_STORE, **retry_after, **self.headers}

    def response(self, request: Request) -> Response:
        """Return the response of an API view, as JSON even if the view renders HTML or YAML."""
        request.accepted_renderer, request.accepted_media_type = ORJSONRenderer(), CONTENT_TYPE
        return Response(
            self.body(request), self.status, headers=self.all_headers(), content_type=CONTENT_TYPE
        )

    def json_response(self, request: HttpRequest) -> JsonResponse:
        """Return the response where no API view is involved."""
        return JsonResponse(
            self.body(request),
            status=self.status,
            headers=self.all_headers(),
            content_type=CONTENT_TYPE,
        )
