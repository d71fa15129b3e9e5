"""WSGI wrappers: unread bodies and `SCRIPT_NAME`, which Django and Gunicorn leave to each other."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from django.conf import settings
from gunicorn.http.errors import ParseException

Application = Callable[[dict[str, Any], Callable], Iterable[bytes]]
CHUNK = 64 * 1024


def max_body() -> int:
    """Return the size of the largest body that any path accepts: an image in a form."""
    return settings.IMAGE_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def body_too_large_detail() -> str:
    """Return the detail of the error about a body that is too large."""
    return (
        f"The body is too large: at most {max_body():,} bytes are accepted,"
        f" {settings.IMAGE_MAX_BYTES:,} of them for an image."
    )


def read_bodies_whole(application: Application) -> Application:
    """Read the rest of the body before the response starts, so that the connection stays open.

    Gunicorn would close it after 64 KB, and the client's next request would be lost. Bodies that
    are too large, or without a length, are not read: deploy/container/gunicorn.conf.py closes
    the connection after them.
    """

    def wrapped(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        def start(*arguments: Any) -> Any:
            discard_body(environ)
            return start_response(*arguments)

        return application(environ, start)

    return wrapped


def discard_body(environ: dict[str, Any]) -> None:
    """Read the rest of the body, unless it is too large or chunked."""
    length = content_length(environ)
    if not length or length > max_body() or "HTTP_TRANSFER_ENCODING" in environ:
        return
    with suppress(ParseException, OSError):  # the client has disconnected
        while environ["wsgi.input"].read(CHUNK):
            pass


def content_length(environ: dict[str, Any]) -> int:
    """Return the `Content-Length` of a request; 0 without a valid one."""
    length = environ.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


def strip_script_name(application: Application) -> Application:
    """Remove `SCRIPT_NAME` from paths that begin with it; proxies may have removed it already."""

    def wrapped(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        prefix, path = settings.FORCE_SCRIPT_NAME, environ["PATH_INFO"]
        if prefix and f"{path}/".startswith(f"{prefix}/"):
            environ["PATH_INFO"] = path.removeprefix(prefix) or "/"
        return application(environ, start_response)

    return wrapped
