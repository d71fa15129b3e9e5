from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.http.admin_middleware import (
    AdminAuthenticationMiddleware,
    AdminCsrfViewMiddleware,
    AdminMessageMiddleware,
    AdminSessionMiddleware,
)

pytestmark = pytest.mark.django_db

OUTSIDE = ["/", "/api/products/", "/api/admin/", "/adminx/", "/health/live/"]


def attributes_after(path: str, *middleware: type, script_name: str = "") -> dict[str, Any]:
    """Return what the request has when the view is called."""
    seen: dict[str, Any] = {}

    def view(request: HttpRequest) -> HttpResponse:
        seen.update(vars(request))
        return HttpResponse()

    get_response: Any = view
    for each in reversed(middleware):
        get_response = each(get_response)
    get_response(RequestFactory(SCRIPT_NAME=script_name).get(path))
    return seen


class TestAdminOnlyMixin:
    CHAIN = (AdminSessionMiddleware, AdminAuthenticationMiddleware, AdminMessageMiddleware)

    @pytest.mark.parametrize("script_name", ["", "/shop"])
    def test_keeps_the_middleware_of_the_admin(self, script_name):
        seen = attributes_after("/admin/", *self.CHAIN, script_name=script_name)

        assert {"session", "user", "_messages"} <= seen.keys()

    @pytest.mark.parametrize("path", OUTSIDE)
    def test_skips_it_elsewhere(self, path):
        seen = attributes_after(path, *self.CHAIN)

        assert not {"session", "user", "_messages"} & seen.keys()

    @pytest.mark.parametrize("path", ["/", "/api/categories/"])
    def test_ignores_session_cookies_elsewhere(self, client, path):
        client.cookies["sessionid"] = "expired"

        response = client.get(path)

        assert response.status_code == 200
        assert not response.cookies
        assert "Cookie" not in response["Vary"]


class TestAdminCsrfViewMiddleware:
    def process_view(self, path: str) -> HttpResponse | None:
        request = RequestFactory().post(path)
        request._dont_enforce_csrf_checks = False
        middleware = AdminCsrfViewMiddleware(lambda request: HttpResponse())
        return middleware.process_view(request, lambda: None, (), {})

    def test_rejects_a_form_of_another_site_in_the_admin(self):
        assert self.process_view("/admin/auth/user/").status_code == 403

    @pytest.mark.parametrize("path", OUTSIDE)
    def test_accepts_requests_without_a_token_elsewhere(self, path):
        assert self.process_view(path) is None
