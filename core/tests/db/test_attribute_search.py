"""Filters by attributes, with the same result on both databases."""

from typing import Any

import pytest
from django.db import connection

from products.models import Product
from products.tests.factories import make_product
from tests.support.responses import list_names

pytestmark = pytest.mark.django_db

URL = "/api/products/"


class TestHasPair:
    @pytest.mark.parametrize(
        ("value", "given"),
        [
            ("blue", "blue"),
            ("", ""),
            ("blue", " blue "),
            ("Caf\xe9", "Cafe\u0301"),
            ("Größe", "Größe"),
            ("350", "350"),
            (350, "350"),
            (350, "350.0"),
            (350, "3.5e2"),
            (0.1, "0.1"),
            (-1.5, "-1.5"),
            (2**53, str(2**53)),
            (1e-9, "1e-9"),
            (0, "-0"),
            (True, "true"),
            (False, "false"),
            (True, "True"),
            (False, "FALSE"),
            ("True", "True"),
            ("true", "true"),
            ("NaN", "NaN"),
            ("1e999", "1e999"),
            ('{"a": 1}', '{"a": 1}'),
            ("null", "null"),
            ("[" * 1000, "[" * 1000),
            ("9" * 30, "9" * 30),
        ],
    )
    def test_matches_a_value_by_its_text(self, api, value: Any, given: str):
        make_product(attributes={"a": value})

        assert list_names(api, **{"attributes.a": given}) == ["Blue mug"]

    @pytest.mark.parametrize(
        ("value", "given"),
        [
            ("blue", "Blue"),
            ("blue", "blu"),
            ("blue", ""),
            ("350", "350.0"),
            (1, "true"),
            (0, "false"),
            (True, "1"),
            (False, "0"),
            ("true", "True"),
            (1, "2"),
            (2**53 - 1, str(2**53)),
            ("a", "null"),
            (1e300, "1e999"),
            (1, "9" * 19),
            (1, "9" * 4_000),
            (1, "9" * 5_000),
            (1, "Infinity"),
        ],
    )
    def test_does_not_match_another_value(self, api, value: Any, given: str):
        make_product(attributes={"a": value})

        assert list_names(api, **{"attributes.a": given}) == []

    @pytest.mark.parametrize(
        "name",
        ["a.b", "0", "$", "$.a", "a b", "'", '"', '"a"', "\\", "a\\u0041", "é", "日本", "🫖", "%",
         "a__b", "a=b", "a&b", "*", "[0]", "#-1", "A" * 255, "deleted"],
    )  # fmt: skip
    def test_matches_special_characters_in_names_literally(self, api, name: str):
        make_product(attributes={name: "x"})
        make_product(name="Other", attributes={"a": {}, "b": "x", "A": "x"})

        assert list_names(api, **{f"attributes.{name}": "x"}) == ["Blue mug"]

    def test_requires_every_pair(self, api):
        make_product(name="Both", attributes={"a": 1, "b": True})
        make_product(name="One", attributes={"a": 1})

        assert list_names(api, **{"attributes.a": "1", "attributes.b": "true"}) == ["Both"]

    def test_matches_nothing_without_the_name(self, api):
        make_product()

        assert list_names(api, **{"attributes.a": ""}) == []

    @pytest.mark.parametrize("name", ["", " ", "a\0", "\0", "a" * 256])
    def test_rejects_a_name_that_no_attribute_can_have(self, api, name: str):
        response = api.get(URL, {f"attributes.{name}": "x"})

        assert (response.status_code, response.json()["code"]) == (400, "unknown-parameter")

    def test_rejects_a_value_that_no_attribute_can_have(self, api):
        response = api.get(URL, {"attributes.a": "a\0b"})

        assert response.status_code == 400
        assert response.json()["errors"][0]["parameter"] == "attributes.a"


@pytest.mark.postgres
class TestIndexes:
    def test_are_used_for_attributes(self):
        names = [f"{number:x}" * 9 for number in range(5_000)]
        Product.objects.bulk_create(
            Product(name=name, slug=name, price=1, attributes={"a": name}) for name in names
        )
        with connection.cursor() as cursor:
            # PostgreSQL avoids a GIN index that has a long list of pending entries.
            cursor.execute("SELECT gin_clean_pending_list('product_attributes')")
            cursor.execute("ANALYZE products_product")

        plan = Product.objects.filter(attributes__has_pair=("a", "1")).explain()
        assert "product_attributes" in plan
