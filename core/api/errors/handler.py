"""The exception handler: any exception of a view becomes a problem."""

import errno
import logging
from collections.abc import Iterator, Mapping
from typing import Any, cast

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.urls import ResolverMatch, reverse
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core import errors
from core.api.errors import api_errors
from core.api.errors.problems import Problem
from core.api.query_parameters import InvalidParameters
from core.error_base import CatalogError, body_error
from core.images import InvalidImage, UnsupportedFormat

logger = logging.getLogger(__name__)

DISK_FULL_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
DRF_ERRORS: dict[int, type[CatalogError]] = {
    400: api_errors.BadRequest,
    401: api_errors.AuthenticationRequired,
    403: api_errors.PermissionDenied,
    404: errors.NotFound,
    405: api_errors.MethodNotAllowed,
    406: api_errors.NotAcceptable,
    415: api_errors.UnsupportedMediaType,
    429: api_errors.Throttled,
}


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response:
    """Return the problem of anything that a view raised. It is DRF's `EXCEPTION_HANDLER`."""
    set_rollback()
    request = context["request"]
    if isinstance(exc, errors.SlugMoved):
        return redirect_to_current_slug(request, exc)
    problem = to_problem(exc)
    if problem.error is api_errors.InternalError:
        report_unexpected(exc, request)
    return problem.response(request)


def report_unexpected(exc: Exception, request: Request) -> None:
    """Log the exception, and send the signal of Django that error trackers listen to.

    Django itself sends it only for what leaves the view. Receivers find the exception in
    `sys.exc_info()`: DRF calls the handler while it is handled.
    """
    logger.error("Unexpected failure", exc_info=exc)
    got_request_exception.send(sender=None, request=request._request)


def redirect_to_current_slug(request: Request, exc: errors.SlugMoved) -> Response:
    """Return a redirect to the same path under the current slug, for the same method."""
    match = cast(ResolverMatch, request.resolver_match)
    location = reverse(match.view_name, kwargs={**match.kwargs, "slug": exc.slug})
    if request.META["QUERY_STRING"]:
        location += f"?{request.META['QUERY_STRING']}"
    status = 301 if request.method in {"GET", "HEAD"} else 308
    # Another object may have the slug later, so no cache may keep the redirect.
    return Response(status=status, headers={"Location": location, "Cache-Control": "no-cache"})


def to_problem(exc: Exception) -> Problem:
    """Return the problem of any exception."""
    match exc:
        case CatalogError():
            return catalog_problem(exc)
        case UnsupportedFormat():
            return Problem(api_errors.UnsupportedMediaType, str(exc))
        case InvalidImage():
            error = body_error("/image", exc.code, str(exc))
            return Problem(api_errors.RejectedImage, str(exc), [error])
        case InvalidParameters():
            detail = f"{pluralize(len(exc.errors), 'parameter')} invalid."
            return Problem(exc.problem_type, detail, exc.errors)
        case exceptions.ValidationError():
            field_errors = list(flatten_errors(exc.get_full_details()))
            return validation_problem(field_errors, omitted=getattr(exc, "omitted", 0))
        case exceptions.APIException():
            return drf_problem(exc)
        case _:
            return django_problem(exc)


def catalog_problem(exc: CatalogError) -> Problem:
    match exc:
        case errors.InvalidField():
            return validation_problem([body_error(exc.pointer, exc.error_code, str(exc))])
        case errors.UniqueConflict():
            omitted = exc.more_errors
            return Problem(type(exc), str(exc), exc.errors, exc.extensions, omitted=omitted)
        case errors.SoftDeleted():
            restore_url = reverse(f"{exc.model_name}-restore", args=[exc.row_id])
            extensions = {**exc.extensions, "restore_url": restore_url}
            return Problem(type(exc), str(exc), extensions=extensions)
        case _:
            return Problem(type(exc), str(exc), extensions=exc.extensions)


def validation_problem(field_errors: list[dict[str, Any]], *, omitted: int = 0) -> Problem:
    detail = f"{pluralize(len(field_errors) + omitted, 'field')} invalid."
    return Problem(errors.InvalidRequest, detail, field_errors, omitted=omitted)


def drf_problem(exc: exceptions.APIException) -> Problem:
    """Return the problem of an error of DRF, with the headers that DRF's handler sends."""
    headers = {}
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if auth_header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    error = DRF_ERRORS.get(exc.status_code, api_errors.InternalError)
    return Problem(error, str(exc.detail), headers=headers)


def django_problem(exc: Exception) -> Problem:
    match exc:
        case Http404():
            return Problem(errors.NotFound, "There is no resource at this URL.")
        case RequestDataTooBig():
            return Problem(errors.PayloadTooLarge, "The body is too large.")
        case SuspiciousOperation() | UnreadablePostError():
            return Problem(api_errors.BadRequest, "The request cannot be read.")
        case DataError():
            return Problem(errors.InvalidRequest, "A value is out of range.")
        case IntegrityError():
            # The body was valid: a concurrent write has violated a constraint with it.
            return Problem(errors.Conflict, "Another change came first. Try again.")
        case OSError() if exc.errno in DISK_FULL_ERRNOS:
            # Large forms are spooled to the disk while they are received.
            detail = f"The body cannot be stored: {exc.strerror}."
            return Problem(errors.StorageUnavailable, detail)
        case OperationalError() | InterfaceError():
            logger.warning("The database did not respond: %s", exc)
            return Problem(api_errors.ServiceUnavailable, "Try again in a moment.")
        case _:
            return Problem(api_errors.InternalError, "The server failed unexpectedly.")


def pluralize(number: int, noun: str) -> str:
    return f"1 {noun} is" if number == 1 else f"{number} {noun}s are"


def flatten_errors(details: Any, pointer: str = "") -> Iterator[dict[str, Any]]:
    """Yield DRF's nested errors with JSON pointers (RFC 6901)."""
    match details:
        case {"message": message, "code": code}:
            yield body_error(pointer, code, message)
        case Mapping():
            for key, below in details.items():
                at = pointer if key == "non_field_errors" else f"{pointer}/{escape_token(key)}"
                yield from flatten_errors(below, at)
        case _:
            for below in details:
                yield from flatten_errors(below, pointer)


def escape_token(key: Any) -> str:
    """Return a name as a reference token of a JSON pointer."""
    return str(key).replace("~", "~0").replace("/", "~1")
