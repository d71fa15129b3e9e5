"""Serving stored images safely, also without a web server in front."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import condition, require_safe

from core.errors import StorageUnavailable
from core.storage.names import CACHE_CONTROL, content_type_of

# Whatever the bytes are, a browser shows an image and executes nothing.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "inline",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def existing_etag(request: HttpRequest, name: str) -> str | None:
    """Return the ETag of a stored file, None for one that does not exist."""
    return etag_for(name) if default_storage.exists(name) else None


def etag_for(name: str) -> str:
    """Return the ETag of a name, which stands for its content."""
    return f'"{name.rpartition("/")[2]}"'


def serve(request: HttpRequest, name: str) -> HttpResponseBase:
    """Return a stored image as a whole; ranges of it are nginx's work.

    RFC 9110 (14.2) lets a server ignore `Range`.
    """
    response: HttpResponseBase
    try:
        response = serve_stored(request, name)
    except StorageUnavailable:
        response = HttpResponse(status=503, headers={"Retry-After": "2"})
    except Http404:
        response = HttpResponse(status=404)
    is_cacheable = response.status_code in {200, 304}
    response["Cache-Control"] = CACHE_CONTROL if is_cacheable else "no-store"
    return response


@require_safe
@condition(etag_func=existing_etag)
def serve_stored(request: HttpRequest, name: str) -> FileResponse:
    try:
        file = default_storage.open(name)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file)
    for header, value in {**HEADERS, "Content-Type": content_type_of(name)}.items():
        response[header] = value
    return response
