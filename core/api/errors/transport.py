"""Problems for what is raised outside of the API's views: in a middleware, or in the admin."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.defaults import bad_request, server_error

from core.api.errors.problems import Problem


def handle_bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path_info.startswith("/api/"):
        return bad_request(request, exception)
    return Problem(400, "bad-request", "The request cannot be read.").json_response(request)


def handle_server_error(request: HttpRequest) -> HttpResponse:
    """Respond to what was raised outside of the API's views: in the admin, or in a middleware."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        detail, headers = "Try again in a moment.", {"Retry-After": "2"}
        problem = Problem(503, "service-unavailable", detail, headers=headers)
        return problem.json_response(request)
    if not request.path_info.startswith("/api/"):
        return server_error(request)
    return Problem(500, "internal-error", "Something went wrong on our side.").json_response(
        request
    )
