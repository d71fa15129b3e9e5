"""OPTIONS is not allowed, except as a CORS preflight; the OpenAPI document describes the API."""

import pytest

from products.tests.factories import make_product

pytestmark = pytest.mark.django_db

METHODS = {
    "/api/products/": "GET, HEAD, POST",
    "/api/products/blue-mug/": "GET, HEAD, PUT, PATCH, DELETE",
    "/api/products/nothing/": "GET, HEAD, PUT, PATCH, DELETE",
    "/api/products/blue-mug/restore/": "POST",
    "/api/products/blue-mug/image/": "PUT, DELETE",
    "/api/products/blue-mug/image/retry/": "POST",
    "/api/categories/": "GET, HEAD, POST",
    "/api/categories/tree/": "GET, HEAD",
    "/api/categories/mugs/": "GET, HEAD, PUT, PATCH, DELETE",
    "/api/categories/mugs/restore/": "POST",
    "/api/schema/": "GET, HEAD",
    "/api/docs/": "GET, HEAD",
    "/api/redoc/": "GET, HEAD",
    "/health/": "GET, HEAD",
    "/health/ready/": "GET, HEAD",
    "/health/live/": "GET, HEAD",
    "/": "GET, HEAD",
}


class TestOptions:
    @pytest.mark.parametrize(("path", "allowed"), METHODS.items())
    def test_returns_405_with_the_allowed_methods(self, api, path: str, allowed: str):
        make_product()

        response = api.options(path)

        assert (response.status_code, response.json()["code"]) == (405, "method-not-allowed")
        assert set(response["Allow"].split(", ")) == set(allowed.split(", "))

    def test_returns_200_to_a_cors_preflight(self, api):
        response = api.options(
            "/api/products/",
            headers={"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"},
        )

        assert response.status_code == 200
