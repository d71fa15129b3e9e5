"""The pages that tell about the API, and the schema that they show."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerView
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parameters import StrictParametersMixin

GET_ONLY = ["get", "head"]
PAGE = OpenApiExample("A page", value="<!DOCTYPE html><html>…</html>")
HTML = {(200, "text/html"): OpenApiResponse(OpenApiTypes.STR, "A page.", [PAGE])}
START = {"openapi": "3.1.0", "info": {"title": "Catalog", "version": "1.0.0"}, "paths": {}}
DESCRIPTION = {
    200: OpenApiResponse(
        OpenApiTypes.OBJECT, "OpenAPI 3.1.", [OpenApiExample("How it starts", value=START)]
    )
}


class SchemaView(StrictParametersMixin, SpectacularAPIView):
    http_method_names = GET_ONLY

    @extend_schema(operation_id="getSchema", tags=["documentation"], responses=DESCRIPTION)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Get this description: YAML, or JSON for who accepts that alone."""
        return super().get(request, *args, **kwargs)


class DocsView(StrictParametersMixin, SpectacularSwaggerView):
    http_method_names = GET_ONLY

    @extend_schema(operation_id="getDocs", tags=["documentation"], responses=HTML)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Try the API out: Swagger UI."""
        return super().get(request, *args, **kwargs)


class RedocView(StrictParametersMixin, SpectacularRedocView):
    http_method_names = GET_ONLY

    @extend_schema(operation_id="getRedoc", tags=["documentation"], responses=HTML)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Read about the API: Redoc."""
        return super().get(request, *args, **kwargs)
