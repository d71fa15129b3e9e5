from html import unescape

import pytest

from core.api.errors.problems import PROBLEM_TYPES, STATUSES

pytestmark = pytest.mark.django_db


class TestLandingView:
    def test_links_everything_as_html(self, api):
        response = api.get("/", headers={"Accept": "text/html"})

        assert response["Content-Type"].startswith("text/html")
        assert b'href="http://testserver/api/docs/"' in response.content
        assert b'href="http://testserver:5555/"' in response.content

    def test_links_everything_as_json(self, api):
        links = api.get("/", headers={"Accept": "application/json"}).json()["links"]

        assert "http://testserver/api/schema/" in [link["url"] for link in links]


class TestNotFoundView:
    @pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
    def test_returns_a_problem(self, api, method: str):
        response = getattr(api, method)("/api/nonsense")

        assert response.status_code == 404
        assert response["Content-Type"] == "application/problem+json"


class TestProblemTypeView:
    @pytest.mark.parametrize(("code", "error"), PROBLEM_TYPES.items(), ids=PROBLEM_TYPES.keys())
    def test_explains_each_type_as_html(self, api, code: str, error):
        response = api.get(f"/problems/{code}/", headers={"Accept": "text/html"})

        assert response["Content-Type"] == "text/html; charset=utf-8"
        page = unescape(response.content.decode())
        for text in (error.title, error.__doc__, error.remedy, f'"status": {STATUSES[error]}'):
            assert text in page

    @pytest.mark.parametrize(("code", "error"), PROBLEM_TYPES.items(), ids=PROBLEM_TYPES.keys())
    def test_explains_each_type_as_json(self, api, code: str, error):
        response = api.get(f"/problems/{code}/", headers={"Accept": "application/json"})

        page = response.json()
        assert (response.status_code, page["code"], page["title"]) == (200, code, error.title)
        assert page["example"]["type"] == page["type"] == f"/problems/{code}"
        assert page["description"]
        assert page["remedy"]

    @pytest.mark.parametrize("path", ["/api/nonsense/", "/api/products/none/", "/problems/none/"])
    def test_is_where_the_type_of_a_problem_leads(self, api, path: str):
        problem = api.get(path).json()

        assert api.get(problem["type"]).status_code == 200
        assert api.get(f"{problem['type']}/").status_code == 200

    @pytest.mark.parametrize("accept", ["text/html", "application/json"])
    def test_is_a_problem_for_an_unknown_code(self, api, accept: str):
        response = api.get("/problems/nonsense/", headers={"Accept": accept})

        assert (response.status_code, response.json()["code"]) == (404, "not-found")
        assert response["Content-Type"] == "application/problem+json"

    def test_is_read_only(self, api):
        assert api.head("/problems/not-found/").status_code == 200
        assert api.post("/problems/not-found/").status_code == 405
