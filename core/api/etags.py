"""ETags and conditional requests: `If-None-Match` and `If-Match` (RFC 9110, section 13)."""

import re
from hashlib import blake2b
from typing import Any

from django.http import HttpResponse
from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.errors.api_errors import BadHeader
from core.errors import VersionMismatch
from core.models import CatalogModel

ENTITY_TAG = r'(?:W/)?"[!#-~]*"'
ENTITY_TAGS = re.compile(rf"\*|{ENTITY_TAG}(?:[ \t]*,[ \t]*{ENTITY_TAG})*")
VERSION_TAG = re.compile(r'(?:W/)?"(\d{1,9})[.-][0-9a-f]*"|(?:W/)?"(\d{1,9})"')


def expected_version(request: Request, row: CatalogModel) -> int | None:
    """Return the version that `If-Match` requires when the row is written, or None.

    Only the version in the ETag is compared: a finished thumbnail changes the rest of it, and a
    compressing proxy marks it as weak. Raises `VersionMismatch`, and `BadHeader` for a value that
    is no ETag.
    """
    incoming = request.headers.get("If-Match", "*")
    if not ENTITY_TAGS.fullmatch(incoming):
        raise BadHeader("If-Match must be the ETag of a response, with its quotes, or *.")
    tags = parse_etags(incoming)
    if tags == ["*"]:
        return None
    if row.version not in {parse_version(tag) for tag in tags}:
        raise VersionMismatch(version=row.version)
    return row.version


def parse_version(tag: str) -> int | None:
    """Return the version in an ETag, or None if it has none."""
    match = VERSION_TAG.fullmatch(tag)
    return int(match[1] or match[2]) if match else None


def apply_etag(response: Response, request: Request) -> HttpResponse | None:
    """Set the ETag of a rendered response. Return a 304 to replace it if the client has it.

    A callback for `Response.add_post_render_callback`.
    """
    response["ETag"] = compute_etag(response.data, response.content)
    response.setdefault("Cache-Control", "no-cache")
    known = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    if request.method in {"GET", "HEAD"} and matches(response["ETag"], known):
        return not_modified(response)
    return None


def compute_etag(data: Any, rendered: bytes) -> str:
    """Return an ETag of the version, or `list`, and a digest of the body."""
    version = data.get("version", "list") if isinstance(data, dict) else "list"
    return f'"{version}-{blake2b(rendered, digest_size=8).hexdigest()}"'


def matches(etag: str, known: list[str]) -> bool:
    """Return whether one of these tags is the ETag, by weak comparison."""
    return "*" in known or etag in {tag.removeprefix("W/") for tag in known}


def not_modified(response: HttpResponse) -> HttpResponse:
    """Return a 304 with the headers that it must have (RFC 9110, section 15.4.5)."""
    kept = ("ETag", "Cache-Control", "Vary", "Link", "Location")
    headers = {name: response[name] for name in kept if name in response}
    return HttpResponse(status=304, headers=headers)
