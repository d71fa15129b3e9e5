import pytest

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
