"""Addresses that belong to no app."""

import sys
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.views.defaults import bad_request, server_error
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer, TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core import health
from core.api.problems import Problem
from core.api.reports import ALIVE, REPORTS

NO_STORE = {"Cache-Control": "no-store"}
LINKS = [
    ("docs", "Swagger UI", "try the API out"),
    ("redoc", "Redoc", "read about it"),
    ("schema", "Schema", "OpenAPI, for code generators"),
    ("product-list", "Products", "as JSON"),
    ("category-list", "Categories", "as JSON"),
    ("health", "Health", "what is up, and what is not"),
    ("admin:index", "Admin", "for the back office"),
]


class ProbeView(APIView):
    """Answers JSON to any `Accept` and any query.

    A probe must learn the state, not that it asked wrongly.
    """

    http_method_names = ["get", "head"]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple:
        return super().perform_content_negotiation(request, force=True)


class HealthView(ProbeView):
    """The truth about the service, for people and orchestrators."""

    @extend_schema(operation_id="getHealth", tags=["health"], responses=REPORTS)
    def get(self, request: Request) -> Response:
        """Tell how the service is: 503 only where nothing would work."""
        report = health.report()
        return Response(report, 503 if report["status"] == "error" else 200, headers=NO_STORE)


class ReadyView(HealthView):
    """Where a load balancer asks."""

    @extend_schema(operation_id="getReadiness", tags=["health"], responses=REPORTS)
    def get(self, request: Request) -> Response:
        """Tell whether requests should be sent here."""
        return super().get(request)


class LiveView(ProbeView):
    @extend_schema(operation_id="getLiveness", tags=["health"], responses=ALIVE)
    def get(self, request: Request) -> Response:
        """Answer while the process does; touches nothing."""
        return Response({"status": "ok"}, headers=NO_STORE)


@extend_schema(exclude=True)
class LandingView(APIView):
    """The way in: a small page for people, the same links as JSON for programs."""

    http_method_names = ["get", "head"]
    renderer_classes = [TemplateHTMLRenderer, JSONRenderer]

    def get(self, request: Request) -> Response:
        links = [
            {"title": title, "purpose": purpose, "url": reverse(name, request=request)}
            for name, title, purpose in LINKS
        ]
        flower = {"title": "Flower", "purpose": "the background work", "url": flower_url(request)}
        return Response({"links": [*links, flower]}, template_name="core/landing.html")


def flower_url(request: Request) -> str:
    """Flower has a port of its own, on the same host."""
    host, _ = split_domain_port(request.get_host())
    return f"http://{host}:{settings.FLOWER_PORT}/"


@extend_schema(exclude=True)
class UnknownView(APIView):
    """Every address under `/api/` that is nothing."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound("There is nothing at this address.")


def handle_bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path_info.startswith("/api/"):
        return bad_request(request, exception)
    return Problem(400, "bad-request", "The request cannot be read.").plain_response(request)


def handle_server_error(request: HttpRequest) -> HttpResponse:
    """Respond to what was raised outside of the API's views: in the admin, or in a middleware."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        detail, headers = "Try again in a moment.", {"Retry-After": "2"}
        problem = Problem(503, "service-unavailable", detail, headers=headers)
        return problem.plain_response(request)
    if not request.path_info.startswith("/api/"):
        return server_error(request)
    return Problem(500, "internal-error", "Something went wrong on our side.").plain_response(
        request
    )
