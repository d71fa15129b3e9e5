"""Entity tags: a client that knows a version need not get it again, nor overwrite a newer one."""

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
VERSION = re.compile(r'(?:W/)?"(\d{1,9})[.-][0-9a-f]*"|(?:W/)?"(\d{1,9})"')


def expected_version(request: Request, row: CatalogModel) -> int | None:
    """Read `If-Match`: the version that the row must still have when it is written, if any.

    Only the part of the tag that clients change is compared: a finished thumbnail moves
    nothing, nor does the weak mark that a compressing proxy puts on. Raises `VersionMismatch`, and
    `BadHeader` for what is no tag at all.
    """
    incoming = request.headers.get("If-Match", "*")
    if not ENTITY_TAGS.fullmatch(incoming):
        raise BadHeader('If-Match takes the ETag that was read, with its quotes, like "3", or *.')
    tags = parse_etags(incoming)
    if tags == ["*"]:
        return None
    if row.version not in {version_of(tag) for tag in tags}:
        raise VersionMismatch("It has changed since you read it.", version=row.version)
    return row.version


def version_of(tag: str) -> int | None:
    match = VERSION.fullmatch(tag)
    return int(match[1] or match[2]) if match else None


def apply_etag(response: Response, request: Request) -> HttpResponse | None:
    """Give a rendered answer its tag; for a client that has it already, 304 without a body."""
    response["ETag"] = etag_of(response.data, response.rendered_content)
    response.setdefault("Cache-Control", "no-cache")
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if request.method in {"GET", "HEAD"} and matches(response["ETag"], known):
        return not_modified(response)
    return None


def etag_of(data: Any, rendered: bytes) -> str:
    version = data.get("version", "list") if isinstance(data, dict) else "list"
    return f'"{version}-{blake2b(rendered, digest_size=8).hexdigest()}"'


def matches(etag: str, known: list[str]) -> bool:
    return "*" in known or etag in {tag.removeprefix("W/") for tag in known}


def not_modified(response: Response) -> HttpResponse:
    kept = ("ETag", "Cache-Control", "Vary", "Link", "Location")
    headers = {name: response[name] for name in kept if name in response}
    return HttpResponse(status=304, headers=headers)
