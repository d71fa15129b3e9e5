"""A bare WSGI application: the most that Gunicorn can do here."""

from collections.abc import Callable, Iterable
from typing import Any

BODY = b"x" * 22_000


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ.get("HTTP_IF_NONE_MATCH"):
        start_response("304 Not Modified", [("ETag", '"1"')])
        return []
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))]
    start_response("200 OK", headers)
    return [BODY]
