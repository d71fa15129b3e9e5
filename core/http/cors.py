"""CORS headers."""

from corsheaders import middleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers


class CorsMiddleware(middleware.CorsMiddleware):
    """Examines only preflight requests, and those of scripts, which have an `Origin`."""

    def check_preflight(self, request: HttpRequest) -> HttpResponseBase | None:
        return super().check_preflight(request) if request.method == "OPTIONS" else None

    def add_response_headers(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if "HTTP_ORIGIN" in request.META:
            return super().add_response_headers(request, response)
        patch_vary_headers(response, ("origin",))
        return response
