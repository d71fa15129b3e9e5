"""What surrounds every request."""

import re
from collections.abc import Callable
from io import BytesIO

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from gunicorn.http.errors import ParseException
from uuid_utils.compat import uuid7

from core.api.problems import Problem
from core.logs import request_id

GetResponse = Callable[[HttpRequest], HttpResponse]

PRINTABLE = re.compile(r"[\x20-\x7e]{1,128}")
ENDS_IN_SLASH = ("/api", "/admin", "/health")


class RequestIdMiddleware:
    """Gives each request an id, the caller's where it has one.

    It stands in the log, in problems, and in the answer.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.id = given if PRINTABLE.fullmatch(given) else str(uuid7())
        token = request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = request.id
        return response


class CharsetMiddleware:
    """Refuses a body in any charset but UTF-8."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = request.content_params.get("charset", "utf-8")
        if charset.lower() in {"utf-8", "utf8", "us-ascii"}:
            return self.get_response(request)
        detail = f"The charset {charset!r} is not taken; use UTF-8."
        return Problem(415, "unsupported-media-type", detail).plain_response(request)


class ChunkedBodyMiddleware:
    """Gives a body that came in chunks its length, because Django takes one without for empty."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_TRANSFER_ENCODING" in request.META:
            limit = settings.IMAGE_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
            try:
                body = request.environ["wsgi.input"].read(limit + 1)  # too much is refused later
            except (ParseException, OSError) as error:
                detail = f"The chunks of the body cannot be read: {error}"
                return Problem(400, "bad-request", detail).plain_response(request)
            request.META["CONTENT_LENGTH"] = str(len(body))
            request._stream = BytesIO(body)
        return self.get_response(request)


class CanonicalUrlMiddleware(CommonMiddleware):
    """Serves `/api/products` as `/api/products/`, without a redirect that would lose the body.

    Refuses hosts that we do not answer for, but not to a probe, which knows only an address.
    """

    def process_request(self, request: HttpRequest) -> None:
        if not request.path_info.startswith("/health"):
            request.get_host()
        if request.path_info.startswith(ENDS_IN_SLASH) and request.path_info[-1] != "/":
            request.path_info += "/"
            request.path += "/"
