"""Django's error views, for exceptions outside of API views: of middleware and the admin."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.defaults import bad_request, server_error

from core.api.errors import api_errors
from core.api.errors.problems import Problem


def handle_bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return a problem under `/api/`, and Django's page elsewhere."""
    if not request.path_info.startswith("/api/"):
        return bad_request(request, exception)
    return Problem(api_errors.BadRequest, "The request cannot be read.").json_response(request)


def handle_server_error(request: HttpRequest) -> HttpResponse:
    """Return a problem under `/api/`, and wherever the database is unavailable."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        problem = Problem(api_errors.ServiceUnavailable, "Try again in a moment.")
        return problem.json_response(request)
    if not request.path_info.startswith("/api/"):
        return server_error(request)
    problem = Problem(api_errors.InternalError, "The server failed unexpectedly.")
    return problem.json_response(request)
