"""The landing page, and what answers under `/api/` where nothing else does."""

from typing import Any

from django.conf import settings
from django.http.request import split_domain_port
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer, TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

LINKS = [
    ("docs", "Swagger UI", "try the API out"),
    ("redoc", "Redoc", "read about it"),
    ("schema", "Schema", "OpenAPI, for code generators"),
    ("product-list", "Products", "as JSON"),
    ("category-list", "Categories", "as JSON"),
    ("health", "Health", "what is up, and what is not"),
    ("admin:index", "Admin", "for the back office"),
]


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
class NotFoundView(APIView):
    """Every address under `/api/` that is nothing."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound("There is nothing at this address.")
