import pytest
from corsheaders import middleware
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.http.cors import CorsMiddleware

ORIGIN = "https://shop.example"


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse(headers={"Vary": "Accept"})


class TestCorsMiddleware:
    @pytest.mark.parametrize("method", ["get", "head", "post", "options"])
    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"origin": ORIGIN},
            {"origin": "https://other.example"},
            {"origin": ORIGIN, "access-control-request-method": "PUT"},
            {"access-control-request-method": "PUT"},
        ],
    )
    def test_adds_the_headers_of_its_base_class(self, settings, method, headers):
        settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
        request = getattr(RequestFactory(), method)("/", headers=headers)

        response = CorsMiddleware(view)(request)

        expected = middleware.CorsMiddleware(view)(request)
        assert response.headers.items() == expected.headers.items()
        assert "origin" in response["Vary"]
