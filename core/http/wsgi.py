"""What Django leaves to the server, and Gunicorn to the application."""

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


def body_limit() -> str:
    """Return how much is accepted, of a body and of the image in it."""
    return (
        f"The body is too large: at most {max_body():,} bytes are accepted,"
        f" {settings.IMAGE_MAX_BYTES:,} of them for an image."
    )


def read_bodies_whole(application: Application) -> Application:
    """Read what the application left unread, before the response says that the connection stays.

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
    if "HTTP_TRANSFER_ENCODING" in environ or content_length(environ) > max_body():
        return
    with suppress(ParseException, OSError):  # the client has gone
        while environ["wsgi.input"].read(CHUNK):
            pass


def content_length(environ: dict[str, Any]) -> int:
    """Return the length that a request claims for its body; 0 without one."""
    length = environ.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


def strip_script_name(application: Application) -> Application:
    """Accept paths below `SCRIPT_NAME` with it, as the client sent them, and without it."""

    def wrapped(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        prefix, path = settings.FORCE_SCRIPT_NAME, environ["PATH_INFO"]
        if prefix and f"{path}/".startswith(f"{prefix}/"):
            environ["PATH_INFO"] = path.removeprefix(prefix) or "/"
        return application(environ, start_response)

    return wrapped
