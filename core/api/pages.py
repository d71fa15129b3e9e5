"""The OpenAPI document, and pages that render it."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from drf_spectacular.views import (
    SpectacularAPIView,
    SpectacularRedocView,
    SpectacularSwaggerSplitView,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.query_parameters import StrictParametersView

# Both pages work without the internet: everything comes from this host, and the images that Redoc
# and Swagger UI would load from their makers' hosts are not loaded.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HTML_EXAMPLE = OpenApiExample("A page", value="<!DOCTYPE html><html>…</html>")
HTML_RESPONSE = OpenApiResponse(OpenApiTypes.STR, "An HTML page.", [HTML_EXAMPLE])
DOCUMENT_EXAMPLE = OpenApiExample(
    "Its beginning",
    value={"openapi": "3.1.0", "info": {"title": "Catalog", "version": "1.0.0"}, "paths": {}},
)
DOCUMENT_RESPONSE = OpenApiResponse(
    OpenApiTypes.OBJECT, "The OpenAPI 3.1 document.", [DOCUMENT_EXAMPLE]
)


class DocumentationView(StrictParametersView):
    """A view of the OpenAPI document, with a Content-Security-Policy."""

    http_method_names = ["get", "head"]

    def finalize_response(self, request: Request, response: Response, *args: Any) -> Response:
        response = super().finalize_response(request, response, *args)
        response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response


class ScriptSerializer(serializers.Serializer):
    """The query parameter by which the page of Swagger UI loads its own script."""

    script = serializers.CharField(required=False, allow_blank=True)


class SchemaView(DocumentationView, SpectacularAPIView):
    @extend_schema(operation_id="getSchema", tags=["documentation"], responses=DOCUMENT_RESPONSE)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return this document, as YAML, or as JSON if only that is accepted."""
        return super().get(request, *args, **kwargs)


class DocsView(DocumentationView, SpectacularSwaggerSplitView):
    parameter_serializers = {"": ScriptSerializer}

    @extend_schema(
        operation_id="getDocs",
        tags=["documentation"],
        responses={(200, "text/html"): HTML_RESPONSE},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page to try out the API: Swagger UI."""
        return super().get(request, *args, **kwargs)


class RedocView(DocumentationView, SpectacularRedocView):
    template_name = "core/redoc.html"

    @extend_schema(
        operation_id="getRedoc",
        tags=["documentation"],
        responses={(200, "text/html"): HTML_RESPONSE},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page to read about the API: Redoc."""
        return super().get(request, *args, **kwargs)
