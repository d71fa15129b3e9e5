import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.test import RequestFactory

from core.api.errors.transport import handle_bad_request, handle_server_error


class TestHandleBadRequest:
    @pytest.mark.parametrize(
        ("path", "content_type"),
        [("/api/products/", "application/problem+json"), ("/admin/", "text/html")],
    )
    def test_returns_a_problem_under_the_api_alone(self, path, content_type):
        response = handle_bad_request(RequestFactory().get(path), SuspiciousOperation())

        assert response.status_code == 400
        assert response["Content-Type"].partition(";")[0] == content_type


class TestHandleServerError:
    @pytest.mark.parametrize("path", ["/admin/", "/api/products/", "/"])
    @pytest.mark.parametrize("error", [OperationalError("timeout"), InterfaceError("closed")])
    def test_returns_503_when_the_database_is_unavailable(self, path, error):
        request = RequestFactory().get(path)
        try:
            raise error
        except (OperationalError, InterfaceError):
            response = handle_server_error(request)

        assert (response.status_code, response["Retry-After"]) == (503, "2")

    @pytest.mark.parametrize("path", ["/admin/", "/api/products/"])
    def test_returns_500_for_any_other_exception(self, path):
        request = RequestFactory().get(path)
        try:
            raise ZeroDivisionError
        except ZeroDivisionError:
            response = handle_server_error(request)

        assert response.status_code == 500
