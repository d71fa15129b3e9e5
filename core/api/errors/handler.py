"""The one place where a failure becomes a status."""

import errno
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.urls import reverse
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from core import errors
from core.api.errors.problems import Problem
from core.api.query_parameters import InvalidParameters
from core.images import InvalidImage, UnsupportedFormat

logger = logging.getLogger(__name__)

STATUSES: dict[type[errors.CatalogError], int] = {
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.VersionMismatch: 412,
    errors.PayloadTooLarge: 413,
    errors.StorageUnavailable: 507,
    errors.MalformedBody: 400,
    errors.BadHeader: 400,
    errors.IdempotencyKeyReused: 422,
}
DISK_FULL_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
API_CODES = {
    401: "authentication-required",
    403: "permission-denied",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    415: "unsupported-media-type",
    429: "throttled",
}


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response:
    """Turn anything that a view raised into a problem. Plugged in as DRF's `EXCEPTION_HANDLER`."""
    request = context["request"]
    if isinstance(exc, errors.SlugMoved):
        return redirect_to_current_slug(request, exc)
    problem = to_problem(exc)
    if problem.code == "internal-error":
        report_unexpected(exc, request)
    return problem.response(request)


def report_unexpected(exc: Exception, request: Request) -> None:
    """Log what nobody foresaw, and send the signal on which error trackers rely."""
    logger.error("Unexpected failure", exc_info=exc)
    got_request_exception.send(sender=None, request=request._request)


def redirect_to_current_slug(request: Request, exc: errors.SlugMoved) -> Response:
    """Send the client on to the same place under the current slug, with its method and query."""
    match = request.resolver_match
    location = reverse(match.view_name, kwargs={**match.kwargs, **exc.extensions})
    if request.META["QUERY_STRING"]:
        location += f"?{request.META['QUERY_STRING']}"
    status = 301 if request.method in {"GET", "HEAD"} else 308
    # Another object may take the slug: nobody shall remember this for ever.
    return Response(status=status, headers={"Location": location, "Cache-Control": "no-cache"})


def to_problem(exc: Exception) -> Problem:
    match exc:
        case errors.InvalidField():
            return invalid([{"code": exc.code, "detail": str(exc), **exc.extensions}])
        case errors.SlugConflict() | errors.SkuConflict():
            return conflict(exc)
        case errors.CatalogError():
            status = next(STATUSES[kind] for kind in type(exc).__mro__ if kind in STATUSES)
            headers = {"Retry-After": "1"} if isinstance(exc, errors.IdempotencyKeyInUse) else {}
            return Problem(status, exc.code, str(exc), extensions=exc.extensions, headers=headers)
        case UnsupportedFormat():
            return Problem(415, "unsupported-media-type", str(exc))
        case InvalidImage():
            error = {"pointer": "/image", "code": exc.code, "detail": str(exc)}
            return Problem(400, "invalid-image", str(exc), [error])
        case InvalidParameters():
            return Problem(
                400, exc.code, f"{pluralize(len(exc.errors), 'parameter')} invalid.", exc.errors
            )
        case exceptions.ValidationError():
            errors_found = list(flatten_errors(exc.get_full_details()))
            return invalid(errors_found, omitted=getattr(exc, "omitted", 0))
        case exceptions.APIException():
            return drf_to_problem(exc)
        case _:
            return django_to_problem(exc)


def django_to_problem(exc: Exception) -> Problem:
    match exc:
        case Http404():
            return Problem(404, "not-found", "There is nothing here.")
        case RequestDataTooBig():
            return Problem(413, "too-large", "The body is too large.")
        case SuspiciousOperation() | UnreadablePostError():
            return Problem(400, "bad-request", "The request cannot be read.")
        case DataError():
            return Problem(400, "validation-error", "A value is out of range.")
        case IntegrityError():
            # Validation passed and the database refused: someone else was faster.
            return Problem(409, "conflict", "Another change came first. Try again.")
        case OSError() if exc.errno in DISK_FULL_ERRNOS:
            # A large form waits on the disk, too, until all of it is here.
            return Problem(507, "storage-unavailable", f"The body finds no room: {exc.strerror}.")
        case OperationalError() | InterfaceError():
            logger.warning("The database did not answer: %s", exc)
            return Problem(
                503, "service-unavailable", "Try again in a moment.", headers={"Retry-After": "2"}
            )
        case _:
            return Problem(500, "internal-error", "Something went wrong on our side.")


def drf_to_problem(exc: exceptions.APIException) -> Problem:
    """Give DRF's own refusals our codes."""
    headers = {"Retry-After": str(int(exc.wait))} if getattr(exc, "wait", None) else {}
    if isinstance(exc, exceptions.ParseError):
        return Problem(400, "bad-request", str(exc.detail))
    return Problem(exc.status_code, API_CODES[exc.status_code], str(exc.detail), headers=headers)


def conflict(exc: errors.SlugConflict | errors.SkuConflict) -> Problem:
    """Return the problem of a value that another row has, with a pointer to its field."""
    error = {"pointer": f"/{exc.field}", "code": exc.code, "detail": str(exc)}
    extensions = dict(exc.extensions)
    # A restore brings the conflicts of several rows.
    listed, omitted = extensions.pop("errors", [error]), extensions.pop("more_errors", 0)
    return Problem(409, exc.code, str(exc), listed, extensions, omitted=omitted)


def invalid(problems: list[dict[str, Any]], *, omitted: int = 0) -> Problem:
    detail = f"{pluralize(len(problems) + omitted, 'field')} invalid."
    return Problem(400, "validation-error", detail, problems, omitted=omitted)


def pluralize(number: int, noun: str) -> str:
    return f"1 {noun} is" if number == 1 else f"{number} {noun}s are"


def flatten_errors(details: Any, pointer: str = "") -> Iterator[dict[str, Any]]:
    """Flatten DRF's nested errors into JSON pointers."""
    match details:
        case {"message": message, "code": code}:
            yield {"pointer": pointer, "code": code, "detail": message}
        case Mapping():
            for key, below in details.items():
                at = pointer if key == "non_field_errors" else f"{pointer}/{escape_token(key)}"
                yield from flatten_errors(below, at)
        case _:
            for below in details:
                yield from flatten_errors(below, pointer)


def escape_token(key: Any) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")
