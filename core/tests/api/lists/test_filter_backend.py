import pytest
from django.http import QueryDict
from rest_framework import serializers

from categories.tests.factories import make_category
from core.api.query_parameters import (
    InvalidParameters,
    unknown_parameter_errors,
    validate_parameters,
)

URL = "/api/categories/"


def errors_of(response) -> list[tuple[str, str]]:
    assert response.status_code == 400, response.json()
    return [(error["parameter"], error["code"]) for error in response.json()["errors"]]


@pytest.mark.django_db
class TestStrictFilterBackend:
    def test_lets_known_parameters_narrow_the_list(self, api):
        make_category("Mugs")
        make_category("Cups")

        (found,) = api.get(URL, {"search": "mug"}).json()["results"]

        assert found["name"] == "Mugs"

    @pytest.mark.parametrize("name", ["serach", "Search", "search ", "name__regex", "format", "\0"])
    def test_never_gives_everything_for_a_typing_error(self, api, name):
        assert errors_of(api.get(URL, {name: "mug"})) == [(name, "unknown-parameter")]

    def test_names_the_fault_of_the_whole_where_all_are_one(self, api):
        assert api.get(URL, {"serach": "x"}).json()["code"] == "unknown-parameter"

    def test_names_everything_that_is_wrong_at_once(self, api):
        response = api.get(URL, {"serach": "x", "ordering": "color", "deleted": "maybe"})

        assert {name for name, _ in errors_of(response)} == {"serach", "ordering", "deleted"}
        assert response.json()["code"] == "validation-error"

    def test_suggests_what_was_meant(self, api):
        (error,) = api.get(URL, {"serach": "x"}).json()["errors"]

        assert error["did_you_mean"] == "search"

    @pytest.mark.parametrize("name", ["ordering", "deleted", "page", "page_size"])
    def test_refuses_nothing_where_something_is_needed(self, api, name):
        assert name in dict(errors_of(api.get(URL, {name: ""})))

    def test_takes_a_blank_search(self, api):
        assert api.get(URL, {"search": ""}).status_code == 200


class TestUnknownParameters:
    def test_finds_what_is_not_known(self):
        (error,) = unknown_parameter_errors(["page", "pgae"], {"page", "search"})

        assert error == {
            "parameter": "pgae",
            "code": "unknown-parameter",
            "detail": "Accepted parameters: page, search.",
            "did_you_mean": "page",
        }

    def test_suggests_nothing_where_nothing_is_close(self):
        (error,) = unknown_parameter_errors(["xyz"], {"page"})

        assert "did_you_mean" not in error


class Wish(serializers.Serializer):
    """What somebody may ask for."""

    strategy = serializers.ChoiceField(["restrict", "cascade"], default="restrict")


class TestReadParameters:
    @pytest.mark.parametrize(
        ("query", "strategy"), [("", "restrict"), ("strategy=cascade", "cascade")]
    )
    def test_reads(self, query, strategy):
        assert validate_parameters(Wish, QueryDict(query)) == {"strategy": strategy}

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("strategy=all", "invalid_choice"),
            ("strategy=", "invalid_choice"),
            ("x=1", "unknown-parameter"),
        ],
    )
    def test_refuses(self, query, code):
        with pytest.raises(InvalidParameters) as caught:
            validate_parameters(Wish, QueryDict(query))

        assert [error["code"] for error in caught.value.errors] == [code]
