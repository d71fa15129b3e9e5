import pytest

from categories.tests.factories import make_category

URL = "/api/categories/"


def errors_of(response) -> list[tuple[str, str]]:
    assert response.status_code == 400, response.json()
    return [(error["parameter"], error["code"]) for error in response.json()["errors"]]


@pytest.mark.django_db
class TestStrictFilterBackend:
    def test_filters_by_known_parameters(self, api):
        make_category("Mugs")
        make_category("Cups")

        (found,) = api.get(URL, {"search": "mug"}).json()["results"]

        assert found["name"] == "Mugs"

    @pytest.mark.parametrize("name", ["serach", "Search", "search ", "name__regex", "format", "\0"])
    def test_rejects_a_misspelled_parameter(self, api, name):
        assert errors_of(api.get(URL, {name: "mug"})) == [(name, "unknown-parameter")]

    def test_promotes_the_code_that_all_errors_have(self, api):
        assert api.get(URL, {"serach": "x"}).json()["code"] == "unknown-parameter"

    def test_reports_all_errors_at_once(self, api):
        response = api.get(URL, {"serach": "x", "ordering": "color", "deleted": "maybe"})

        assert {name for name, _ in errors_of(response)} == {"serach", "ordering", "deleted"}
        assert response.json()["code"] == "validation-error"

    def test_suggests_a_known_parameter(self, api):
        (error,) = api.get(URL, {"serach": "x"}).json()["errors"]

        assert error["did_you_mean"] == "search"

    @pytest.mark.parametrize("name", ["ordering", "deleted", "page", "page_size"])
    def test_rejects_a_blank_value(self, api, name):
        assert name in dict(errors_of(api.get(URL, {name: ""})))

    def test_accepts_a_blank_search(self, api):
        assert api.get(URL, {"search": ""}).status_code == 200
