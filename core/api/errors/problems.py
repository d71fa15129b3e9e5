"""Problems: how every failure is told (RFC 9457)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.encoding import escape_uri_path
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

CONTENT_TYPE = "application/problem+json"
MAX_ERRORS = 50
NO_STORE = {"Cache-Control": "no-store"}
TITLES = {
    "ambiguous": "Several objects fit",
    "authentication-required": "Authentication required",
    "bad-request": "Bad request",
    "category-cycle": "A category cannot be below itself",
    "category-not-empty": "The category is not empty",
    "conflict": "Conflict",
    "deleted": "Deleted",
    "invalid-cursor": "Invalid cursor",
    "invalid-image": "Invalid image",
    "idempotency-in-progress": "Still running",
    "idempotency-key-reused": "The key was used before",
    "internal-error": "Internal error",
    "malformed-json": "Malformed JSON",
    "method-not-allowed": "Method not allowed",
    "not-acceptable": "Not acceptable",
    "not-deleted": "Not deleted",
    "not-found": "Not found",
    "permission-denied": "Permission denied",
    "precondition-failed": "The object has changed",
    "service-unavailable": "Service unavailable",
    "sku-conflict": "The SKU is taken",
    "slug-conflict": "The slug is taken",
    "storage-unavailable": "The storage cannot take more",
    "throttled": "Too many requests",
    "too-large": "Too large",
    "unknown-parameter": "Unknown parameter",
    "unsupported-media-type": "Unsupported media type",
    "use-cursor": "Too deep for page numbers",
    "validation-error": "Invalid request",
}


@dataclass
class Problem:
    """A failure as a client sees it. `extensions` become members of their own.

    The first `MAX_ERRORS` are listed; those beyond, and `omitted` ones, are counted.
    """

    status: int
    code: str
    detail: str
    errors: Sequence[Mapping[str, Any]] = ()
    extensions: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    omitted: int = 0

    def body(self, request: HttpRequest | Request) -> dict[str, Any]:
        body = {
            "type": f"/problems/{self.code}",
            "title": TITLES[self.code],
            "status": self.status,
            "code": self.code,
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

    def response(self, request: Request) -> Response:
        """Answer inside an API view, in JSON also where the view itself speaks HTML or YAML."""
        request.accepted_renderer, request.accepted_media_type = JSONRenderer(), CONTENT_TYPE
        return Response(
            self.body(request),
            self.status,
            headers={**NO_STORE, **self.headers},
            content_type=CONTENT_TYPE,
        )

    def json_response(self, request: HttpRequest) -> JsonResponse:
        """Answer where no API view is involved."""
        return JsonResponse(
            self.body(request),
            status=self.status,
            headers={**NO_STORE, **self.headers},
            content_type=CONTENT_TYPE,
        )
