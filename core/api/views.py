"""The landing page, the pages of problem types, and the 404 of unknown paths under `/api/`."""

import json
from inspect import getdoc
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api.errors.problems import PROBLEM_TYPES, example_of, type_members
from core.api.renderers import ORJSONRenderer
from core.errors import NotFound

LINKS = [
    ("docs", "Swagger UI", "try the API in the browser"),
    ("redoc", "Redoc", "API reference"),
    ("schema", "Schema", "OpenAPI document, for code generators"),
    ("product-list", "Products", "JSON"),
    ("category-list", "Categories", "JSON"),
    ("health", "Health", "state of the database, the worker and other dependencies"),
    ("admin:index", "Admin", "edit the catalog"),
]


@extend_schema(exclude=True)
class LandingView(APIView):
    """Links to everything that the service offers, as HTML or JSON."""

    http_method_names = ["get", "head"]
    renderer_classes = [TemplateHTMLRenderer, ORJSONRenderer]

    def get(self, request: Request) -> Response:
        links = [
            {"title": title, "purpose": purpose, "url": reverse(name, request=request)}
            for name, title, purpose in LINKS
        ]
        flower = {"title": "Flower", "purpose": "background tasks", "url": flower_url(request)}
        return Response({"links": [*links, flower]}, template_name="core/landing.html")


def flower_url(request: Request) -> str:
    """Return the URL of Flower: the host of the request, and a port of its own."""
    host, _ = split_domain_port(request.get_host())
    return f"http://{host}:{settings.FLOWER_PORT}/"


@extend_schema(exclude=True)
class NotFoundView(APIView):
    """Every path under `/api/` that has no other view: 404, whatever the method."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound("There is no resource at this URL.")


@extend_schema(exclude=True)
class ProblemTypeView(APIView):
    """The page that the `type` of a problem leads to, as HTML or JSON."""

    http_method_names = ["get", "head"]
    renderer_classes = [TemplateHTMLRenderer, ORJSONRenderer]

    def get(self, request: Request, code: str) -> Response:
        error = PROBLEM_TYPES.get(code)
        if error is None:
            raise NotFound(f"There is no type of problem {code!r}.")
        is_html = request.accepted_renderer.format == "html"
        example = example_of(error)
        page = {
            **type_members(error),
            "description": getdoc(error),
            "remedy": error.remedy,
            "example": json.dumps(example, indent=2) if is_html else example,
        }
        return Response(page, template_name="core/problem_type.html")
