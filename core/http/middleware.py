"""Middleware."""

import re
from collections.abc import Callable
from io import BytesIO

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from gunicorn.http.errors import ParseException
from uuid_utils import uuid7

from core.api.errors import api_errors
from core.api.errors.problems import Problem
from core.errors import PayloadTooLarge
from core.http.requests import UTF_8_CHARSETS
from core.http.wsgi import body_too_large_detail, content_length, max_body
from core.logs import request_id

GetResponse = Callable[[HttpRequest], HttpResponse]

TEXT_TYPE = re.compile(
    r"text/|multipart/|application/(?:[^;]*\+)?(?:json|x-www-form-urlencoded)", re.IGNORECASE
)
REQUEST_ID = re.compile(r"[\x20-\x7e]{1,128}")
PORT = re.compile(r":[0-9]*$")  # of a host, also of an IPv6 address in brackets
DEFAULT_PORTS = {"http": "80", "https": "443"}
APPEND_SLASH_PREFIXES = ("/api", "/admin", "/health", "/problems")


class RequestIdMiddleware:
    """Sets `request.id`: the caller's `X-Request-ID` if it is valid, or else a new one.

    Log messages, problems and the response have it too.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        incoming = request.META.get("HTTP_X_REQUEST_ID", "")
        id_ = incoming if REQUEST_ID.fullmatch(incoming) else str(uuid7())
        request.id = id_  # type: ignore[attr-defined] # read by problems
        token = request_id.set(id_)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = id_
        return response


class CharsetMiddleware:
    """Rejects text in any charset but UTF-8. That of other media types is ignored.

    Requires `Utf8Request`: Django's class would decode the query by the charset before.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        is_text = TEXT_TYPE.match(request.content_type or "")
        if not is_text or charset.lower() in UTF_8_CHARSETS:
            return self.get_response(request)
        detail = f"The charset {charset!r} is not accepted; use UTF-8."
        return Problem(api_errors.UnsupportedMediaType, detail).json_response(request)


class BodyLimitMiddleware:
    """Rejects bodies that are too large for every path, before they are read.

    A chunked body is read here, because Django reads none without a `Content-Length`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_TRANSFER_ENCODING" in request.META:
            try:
                body = request.META["wsgi.input"].read(max_body() + 1)
            except (ParseException, OSError) as error:
                detail = f"The chunked body cannot be read: {error}"
                return Problem(api_errors.BadRequest, detail).json_response(request)
            request.META["CONTENT_LENGTH"] = str(len(body))
            request._stream = BytesIO(body)
        length = content_length(request.META)
        if length and length > (limit := max_body()):
            problem = Problem(PayloadTooLarge, body_too_large_detail(), extensions={"limit": limit})
            return problem.json_response(request)
        return self.get_response(request)


class ForwardedMiddleware:
    """Combines `X-Forwarded-Host` and `X-Forwarded-Port` into the host that the client used.

    Each proxy may have appended its own value, so the first one counts.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        if not settings.USE_X_FORWARDED_HOST:
            raise MiddlewareNotUsed

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = first_value(request, "X-Forwarded-Host") or request.headers.get("Host", "")
        port = first_value(request, "X-Forwarded-Port")
        is_custom = port.isdecimal() and port != DEFAULT_PORTS[request.scheme or "http"]
        if host and is_custom and not PORT.search(host):
            host = f"{host}:{port}"
        request.META.pop("HTTP_X_FORWARDED_HOST", None)
        if host:
            request.META["HTTP_X_FORWARDED_HOST"] = host
        return self.get_response(request)


def first_value(request: HttpRequest, header: str) -> str:
    """Return the first value of a comma-separated header, or an empty string."""
    return request.headers.get(header, "").partition(",")[0].strip()


class AllowedHostMiddleware:
    """Rejects hosts outside of `ALLOWED_HOSTS`. Probes know only an IP address, so may use any."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/health"):
            request.get_host()
        return self.get_response(request)


class AppendSlashMiddleware(CommonMiddleware):
    """Serves `/api/products` as `/api/products/`, without a redirect that would lose the body.

    What is left of Django's `CommonMiddleware` is the `Content-Length` of responses.
    """

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith(APPEND_SLASH_PREFIXES) and request.path_info[-1] != "/":
            request.path_info += "/"
            request.path += "/"
