"""Every path and method rejects query parameters that it does not have."""

import pytest
from django.http import QueryDict
from rest_framework import serializers

from categories.tests.factories import make_category
from core.api.query_parameters import (
    InvalidParameters,
    unknown_parameter_errors,
    validate_parameters,
)
from products.tests.factories import make_product
from tests.support.responses import error_codes, result_names

pytestmark = pytest.mark.django_db

PRODUCTS, CATEGORIES = "/api/products/", "/api/categories/"
REQUESTS = [
    ("GET", PRODUCTS),
    ("HEAD", PRODUCTS),
    ("POST", PRODUCTS),
    ("GET", f"{PRODUCTS}blue-mug/"),
    ("HEAD", f"{PRODUCTS}blue-mug/"),
    ("PUT", f"{PRODUCTS}blue-mug/"),
    ("PATCH", f"{PRODUCTS}blue-mug/"),
    ("DELETE", f"{PRODUCTS}blue-mug/"),
    ("POST", f"{PRODUCTS}blue-mug/restore/"),
    ("PUT", f"{PRODUCTS}blue-mug/image/"),
    ("DELETE", f"{PRODUCTS}blue-mug/image/"),
    ("POST", f"{PRODUCTS}blue-mug/image/retry/"),
    ("GET", CATEGORIES),
    ("POST", CATEGORIES),
    ("GET", f"{CATEGORIES}tree/"),
    ("GET", f"{CATEGORIES}mugs/"),
    ("PUT", f"{CATEGORIES}mugs/"),
    ("PATCH", f"{CATEGORIES}mugs/"),
    ("DELETE", f"{CATEGORIES}mugs/"),
    ("POST", f"{CATEGORIES}mugs/restore/"),
    ("GET", "/api/schema/"),
    ("GET", "/api/docs/"),
    ("GET", "/api/redoc/"),
]
BODY = {"name": "Changed", "price": "1"}


@pytest.fixture
def product():
    return make_product(category=make_category(), sku="MUG-1", attributes={"vegan": True})


class TestUnknownParameter:
    @pytest.mark.parametrize(("method", "path"), REQUESTS)
    def test_is_rejected_on_every_path_and_method(self, api, product, method: str, path: str):
        response = api.generic(method, f"{path}?dry_run=true")

        assert response.status_code == 400
        if method != "HEAD":
            assert error_codes(response) == {"dry_run": "unknown-parameter"}
            assert response.json()["code"] == "unknown-parameter"

    def test_changes_nothing(self, api, product):
        assert api.delete(f"{PRODUCTS}blue-mug/?dry_run=true").status_code == 400
        assert api.patch(f"{PRODUCTS}blue-mug/?dry=1", BODY).status_code == 400

        assert api.get(f"{PRODUCTS}blue-mug/").json()["name"] == "Blue mug"

    def test_is_reported_before_a_missing_object(self, api):
        assert api.get(f"{PRODUCTS}nothing/?x=1").status_code == 400

    def test_is_reported_with_a_similar_known_name(self, api, product):
        (error,) = api.delete(f"{CATEGORIES}mugs/?stratgy=cascade").json()["errors"]

        assert error["did_you_mean"] == "strategy"

    @pytest.mark.parametrize("path", ["/health/", "/health/ready/", "/health/live/"])
    def test_is_ignored_by_health_checks(self, api, path: str):
        assert api.get(f"{path}?x=1").status_code == 200


class TestInvalidUtf8:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("get", f"{PRODUCTS}?search=M%FCller"),
            ("get", f"{PRODUCTS}?search=a&search=%C3"),
            ("get", f"{CATEGORIES}?page=1&search=%ED%A0%80"),
            ("get", f"{PRODUCTS}mug/?search=%FF"),
            ("delete", f"{CATEGORIES}mugs/?search=%FF"),
            ("get", "/api/schema/?search=%FF"),
        ],
    )
    def test_is_rejected_on_every_path_and_method(self, api, product, method: str, path: str):
        response = getattr(api, method)(path)

        assert (response.status_code, error_codes(response)) == (400, {"search": "invalid"})

    @pytest.mark.parametrize("query", ["search=%EF%BF%BD", "search=%C3%BC", "search=%25FF"])
    def test_differs_from_escaped_characters_that_look_like_it(self, api, query: str):
        assert api.get(f"{PRODUCTS}?{query}").status_code == 200


class TestRepeatedParameter:
    @pytest.mark.parametrize(
        "query",
        [
            "min_price=1&min_price=2",
            "page=1&page=1",
            "cursor=&cursor=",
            "search=a&search=b",
            "is_active=true&is_active=true",
            "deleted=only&deleted=include",
            "attributes.vegan=true&attributes.vegan=false",
            "attributes.vegan=true&attributes[vegan]=true",
            "category_scope=exact&category_scope=tree",
        ],
    )
    def test_is_rejected_if_the_parameter_has_one_value(self, api, query: str):
        response = api.get(f"{PRODUCTS}?{query}")

        assert set(error_codes(response).values()) == {"repeated"}

    def test_is_rejected_when_deleting(self, api, product):
        response = api.delete(f"{CATEGORIES}mugs/?strategy=restrict&strategy=cascade")

        assert (response.status_code, error_codes(response)) == (400, {"strategy": "repeated"})

    @pytest.mark.parametrize(
        "query",
        ["category=mugs&category=pots", "category=mugs,pots", "category=mugs,cups&category=pots"],
    )
    def test_extends_a_comma_list(self, api, query: str):
        for name in ("Mugs", "Pots", "Cups"):
            make_product(name=name, category=make_category(name))

        found = api.get(f"{PRODUCTS}?{query}&ordering=name")

        assert {"Mugs", "Pots"} <= set(result_names(found))
        assert ("Cups" in result_names(found)) == ("cups" in query)

    def test_extends_fields_ordering_ids_and_skus(self, api):
        first, second = make_product(name="A", sku="1"), make_product(name="B", sku="2")
        make_product(name="C", sku="3")

        both = [
            api.get(f"{PRODUCTS}?id={first.pk}&id={second.pk}&ordering=price&ordering=-name"),
            api.get(f"{PRODUCTS}?sku=1&sku=2&ordering=price,-name&fields=name&fields=sku"),
        ]

        assert [result_names(response) for response in both] == [["B", "A"]] * 2
        assert set(both[1].json()["results"][0]) == {"id", "slug", "name", "sku"}

    @pytest.mark.parametrize("name", ["category", "fields", "ordering", "sku", "id"])
    def test_must_not_be_blank(self, api, name: str):
        assert name in error_codes(api.get(f"{PRODUCTS}?{name}="))
        assert name in error_codes(api.get(f"{PRODUCTS}?{name}=&{name}=name"))


class TestUnknownParameterErrors:
    def test_yields_an_error_for_each_unknown_name(self):
        (error,) = unknown_parameter_errors(["page", "pgae"], {"page", "search"})

        assert error == {
            "parameter": "pgae",
            "code": "unknown-parameter",
            "detail": "Accepted parameters: page, search.",
            "did_you_mean": "page",
        }

    def test_suggests_nothing_if_no_name_is_similar(self):
        (error,) = unknown_parameter_errors(["xyz"], {"page"})

        assert "did_you_mean" not in error


class DeleteParams(serializers.Serializer):
    """Query parameters with a choice and a default."""

    strategy = serializers.ChoiceField(["restrict", "cascade"], default="restrict")


class TestValidateParameters:
    @pytest.mark.parametrize(
        ("query", "strategy"), [("", "restrict"), ("strategy=cascade", "cascade")]
    )
    def test_returns_the_validated_parameters(self, query, strategy):
        assert validate_parameters(DeleteParams, QueryDict(query)) == {"strategy": strategy}

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("strategy=all", "invalid_choice"),
            ("strategy=", "invalid_choice"),
            ("x=1", "unknown-parameter"),
        ],
    )
    def test_rejects_invalid_parameters(self, query, code):
        with pytest.raises(InvalidParameters) as caught:
            validate_parameters(DeleteParams, QueryDict(query))

        assert [error["code"] for error in caught.value.errors] == [code]
