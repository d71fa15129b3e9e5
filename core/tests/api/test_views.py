import pytest
from django.db import InterfaceError, OperationalError
from django.test import RequestFactory

from core.api.errors.transport import handle_server_error

pytestmark = pytest.mark.django_db


class TestProbeView:
    @pytest.mark.parametrize("path", ["/health/", "/health/ready/", "/health/live/"])
    @pytest.mark.parametrize("accept", ["text/html", "text/plain", "nonsense"])
    def test_answers_whatever_is_accepted(self, api, path: str, accept: str):
        response = api.get(path, headers={"Accept": accept})

        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"


class TestLandingView:
    def test_leads_a_person_on(self, api):
        response = api.get("/", headers={"Accept": "text/html"})

        assert response["Content-Type"].startswith("text/html")
        assert b'href="http://testserver/api/docs/"' in response.content
        assert b'href="http://testserver:5555/"' in response.content

    def test_leads_a_program_on(self, api):
        links = api.get("/", headers={"Accept": "application/json"}).json()["links"]

        assert "http://testserver/api/schema/" in [link["url"] for link in links]


class TestUnknownView:
    @pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
    def test_answers_a_problem(self, api, method: str):
        response = getattr(api, method)("/api/nonsense")

        assert response.status_code == 404
        assert response["Content-Type"] == "application/problem+json"


class TestHandleServerError:
    @pytest.mark.parametrize("path", ["/admin/", "/api/products/", "/"])
    @pytest.mark.parametrize("error", [OperationalError("no answer"), InterfaceError("closed")])
    def test_asks_to_try_again_where_the_database_does_not_answer(self, path, error):
        request = RequestFactory().get(path)
        try:
            raise error
        except (OperationalError, InterfaceError):
            response = handle_server_error(request)

        assert (response.status_code, response["Retry-After"]) == (503, "2")

    @pytest.mark.parametrize("path", ["/admin/", "/api/products/"])
    def test_reports_any_other_failure_as_ours(self, path):
        request = RequestFactory().get(path)
        try:
            raise ZeroDivisionError
        except ZeroDivisionError:
            response = handle_server_error(request)

        assert response.status_code == 500
