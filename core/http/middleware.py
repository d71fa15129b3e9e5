"""What surrounds every request."""

import re
from collections.abc import Callable
from io import BytesIO

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from gunicorn.http.errors import ParseException
from uuid_utils.compat import uuid7

from core.api.errors import api_errors
from core.api.errors.problems import Problem
from core.errors import PayloadTooLarge
from core.http.wsgi import body_limit, content_length, max_body
from core.logs import request_id

GetResponse = Callable[[HttpRequest], HttpResponse]

TEXT_TYPE = re.compile(
    r"text/|multipart/|application/(?:[^;]*\+)?(?:json|x-www-form-urlencoded)", re.IGNORECASE
)
PRINTABLE = re.compile(r"[\x20-\x7e]{1,128}")
PORT = re.compile(r":[0-9]*$")  # of a host, also of an IPv6 address in brackets
DEFAULT_PORTS = {"http": "80", "https": "443"}
APPEND_SLASH_PREFIXES = ("/api", "/admin", "/health", "/problems")


class RequestIdMiddleware:
    """Gives each request an id, the caller's where it has one.

    It stands in the log, in problems, and in the answer.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        incoming = request.headers.get("X-Request-ID", "")
        request.id = incoming if PRINTABLE.fullmatch(incoming) else str(uuid7())
        token = request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = request.id
        return response


class CharsetMiddleware:
    """Rejects text in any charset but UTF-8; what is no text has none, whatever it says."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = request.content_params.get("charset", "utf-8")
        is_text = TEXT_TYPE.match(request.content_type)
        if not is_text or charset.lower() in {"utf-8", "utf8", "us-ascii"}:
            return self.get_response(request)
        detail = f"The charset {charset!r} is not accepted; use UTF-8."
        return Problem(api_errors.UnsupportedMediaType, detail).json_response(request)


class BodyLimitMiddleware:
    """Rejects what is too large for every path, before any of it is kept.

    A body in chunks gets its length here, because Django takes one without for empty.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit = max_body()
        if "HTTP_TRANSFER_ENCODING" in request.META:
            try:
                body = request.environ["wsgi.input"].read(limit + 1)
            except (ParseException, OSError) as error:
                detail = f"The chunks of the body cannot be read: {error}"
                return Problem(api_errors.BadRequest, detail).json_response(request)
            request.META["CONTENT_LENGTH"] = str(len(body))
            request._stream = BytesIO(body)
        if content_length(request.META) > limit:
            problem = Problem(PayloadTooLarge, body_limit(), extensions={"limit": limit})
            return problem.json_response(request)
        return self.get_response(request)


class ForwardedMiddleware:
    """Reads the host and the port that the client used from the headers of the proxies in front.

    Each proxy may have added its own to the list, so the first one counts.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        if not settings.USE_X_FORWARDED_HOST:
            raise MiddlewareNotUsed

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = outermost(request, "X-Forwarded-Host") or request.headers.get("Host", "")
        port = outermost(request, "X-Forwarded-Port")
        is_other = port.isdecimal() and port != DEFAULT_PORTS[request.scheme]
        if host and is_other and not PORT.search(host):
            host = f"{host}:{port}"
        request.META.pop("HTTP_X_FORWARDED_HOST", None)
        if host:
            request.META["HTTP_X_FORWARDED_HOST"] = host
        return self.get_response(request)


def outermost(request: HttpRequest, header: str) -> str:
    return request.headers.get(header, "").partition(",")[0].strip()


class CanonicalUrlMiddleware(CommonMiddleware):
    """Serves `/api/products` as `/api/products/`, without a redirect that would lose the body.

    Refuses hosts that we do not answer for, but not to a probe, which knows only an address.
    """

    def process_request(self, request: HttpRequest) -> None:
        if not request.path_info.startswith("/health"):
            request.get_host()
        if request.path_info.startswith(APPEND_SLASH_PREFIXES) and request.path_info[-1] != "/":
            request.path_info += "/"
            request.path += "/"
