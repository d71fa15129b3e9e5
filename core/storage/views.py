"""Serving what clients uploaded, safely, also where no web server stands in front."""

import re

from django.core.files import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_safe

from core.errors import StorageUnavailable
from core.storage.names import CACHE_CONTROL, content_type_of

RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})")
HEADERS = {
    "Accept-Ranges": "bytes",
    # Whatever the bytes are, they are a picture and nothing that runs.
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "inline",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def etag(request: HttpRequest, name: str) -> str | None:
    """A name stands for its content; a file that is gone has no tag that a client could have."""
    return etag_for(name) if default_storage.exists(name) else None


def etag_for(name: str) -> str:
    return f'"{name.rpartition("/")[2]}"'


@csrf_exempt  # 405 is the reason to reject other methods
def serve(request: HttpRequest, name: str) -> HttpResponse:
    """Give a stored picture, or the one range of it that was asked for."""
    try:
        response = serve_stored(request, name)
    except StorageUnavailable:
        response = HttpResponse(status=503, headers={"Retry-After": "2"})
    except Http404:
        response = HttpResponse(status=404)
    kept = response.status_code in {200, 206, 304}
    response["Cache-Control"] = CACHE_CONTROL if kept else "no-store"
    return response


@require_safe
@condition(etag_func=etag)
def serve_stored(request: HttpRequest, name: str) -> HttpResponse:
    try:
        file = default_storage.open(name)
    except FileNotFoundError as error:
        raise Http404 from error
    wanted = wanted_range(request, name)
    response = part(file, *wanted.groups()) if wanted else FileResponse(file)
    for header, value in {**HEADERS, "Content-Type": content_type_of(name)}.items():
        response[header] = value
    return response


def wanted_range(request: HttpRequest, name: str) -> re.Match | None:
    """Read `Range`: it counts for a GET alone, and not if `If-Range` means another file."""
    tag = etag_for(name)
    if request.method != "GET" or request.headers.get("If-Range", tag) != tag:
        return None
    return RANGE.fullmatch(request.headers.get("Range", ""))


def part(file: File, first: str, last: str) -> HttpResponse:
    """Give the bytes from `first` to `last`, both counted in."""
    start, end = int(first), min(int(last or file.size), file.size - 1)
    if start > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    with file:
        file.seek(start)
        content = file.read(end - start + 1)
    return HttpResponse(
        content, status=206, headers={"Content-Range": f"bytes {start}-{end}/{file.size}"}
    )
