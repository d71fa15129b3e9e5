"""The lookups that both databases must answer alike."""

from typing import Any

import pytest
from django.db import connection

from products.models import Product
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db

URL = "/api/products/"


def found(api, **parameters: str) -> list[str]:
    response = api.get(URL, {"ordering": "name", **parameters})
    assert response.status_code == 200, response.json()
    return [product["name"] for product in response.json()["results"]]


class TestHas:
    @pytest.mark.parametrize(
        ("name", "search"),
        [
            ("Blue mug", "BLUE"),
            ("Café crème", "CAFÉ"),
            ("CAFÉ CRÈME", "café crème"),
            ("Straße", "STRAßE"),
            ("Ελλάδα", "ΕΛΛΆΔΑ"),
            ("ΟΔΟΣ ΒΓ", "οδοσ"),
            ("Чашка синяя", "чАШКА"),
            ("Ölkanne", "öl"),
            ("日本の茶碗", "茶碗"),
            ("Mug 🫖", "🫖"),
            ("a" * 255, "a" * 200),
        ],
    )
    def test_knows_no_case_in_any_script(self, api, name: str, search: str):
        make_product(name=name)

        assert found(api, search=search) == [name]

    @pytest.mark.parametrize(
        ("name", "search"),
        [
            ("Cafe", "Café"),
            ("Mists", "\N{LATIN SMALL LETTER LONG S}"),
            ("Straße", "strasse"),
        ],
    )
    def test_takes_no_letter_for_another(self, api, name: str, search: str):
        make_product(name=name)

        assert found(api, search=search) == []

    @pytest.mark.parametrize(
        "character", [*"%_\\*?.+^$|()[]{}'\"-#&~;:/", "\\d", "\\\\", "%%", ".*", "[a-z]", "(?i)"]
    )
    def test_takes_every_character_for_itself(self, api, character: str):
        make_product(name="Plain words")
        make_product(name=f"Odd{character}words")

        assert found(api, search=f"d{character}w") == [f"Odd{character}words"]

    @pytest.mark.parametrize("where", ["name", "sku", "description"])
    def test_looks_into_each_text(self, api, where: str):
        make_product(**({"name": "Mug"} | {where: "Needle"}))

        assert len(found(api, search="needle")) == 1

    def test_wants_every_word_wherever_it_stands(self, api):
        make_product(name="Blue mug", sku="M-1", description="For tea")
        make_product(name="Blue cup")

        assert found(api, search="tea blue m-1") == ["Blue mug"]
        assert found(api, search="tea cup") == []

    @pytest.mark.parametrize("space", ["\t", "\n", "\u00a0", "\u3000", "   "])
    def test_parts_words_at_any_space(self, api, space: str):
        make_product(name="Blue mug")

        assert found(api, search=f"{space}mug{space}blue{space}") == ["Blue mug"]

    def test_narrows_by_nothing_for_no_word(self, api):
        make_product(name="Mug")

        assert found(api, search="  ") == found(api, search="") == ["Mug"]


class TestHolds:
    @pytest.mark.parametrize(
        ("value", "given"),
        [
            ("blue", "blue"),
            ("", ""),
            (" blue ", " blue "),
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
            ("true", "true"),
            ("NaN", "NaN"),
            ("1e999", "1e999"),
            ('{"a": 1}', '{"a": 1}'),
            ("null", "null"),
            ("[" * 1000, "[" * 1000),
            ("9" * 30, "9" * 30),
        ],
    )
    def test_finds_a_value_by_its_text(self, api, value: Any, given: str):
        make_product(attributes={"a": value})

        assert found(api, **{"attributes.a": given}) == ["Blue mug"]

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
    def test_takes_no_value_for_another(self, api, value: Any, given: str):
        make_product(attributes={"a": value})

        assert found(api, **{"attributes.a": given}) == []

    @pytest.mark.parametrize(
        "name",
        ["a.b", "0", "$", "$.a", "a b", "'", '"', '"a"', "\\", "a\\u0041", "é", "日本", "🫖", "%",
         "a__b", "a=b", "a&b", "*", "[0]", "#-1", "A" * 255, "\t.", "deleted"],
    )  # fmt: skip
    def test_takes_any_name_for_itself(self, api, name: str):
        make_product(attributes={name: "x"})
        make_product(name="Other", attributes={"a": {}, "b": "x", "A": "x"})

        assert found(api, **{f"attributes.{name}": "x"}) == ["Blue mug"]

    def test_wants_every_pair(self, api):
        make_product(name="Both", attributes={"a": 1, "b": True})
        make_product(name="One", attributes={"a": 1})

        assert found(api, **{"attributes.a": "1", "attributes.b": "true"}) == ["Both"]

    def test_finds_nothing_where_the_name_is_not(self, api):
        make_product()

        assert found(api, **{"attributes.a": ""}) == []

    @pytest.mark.parametrize("name", ["", " ", "a\0", "\0", "a" * 256])
    def test_refuses_a_name_that_no_attribute_has(self, api, name: str):
        response = api.get(URL, {f"attributes.{name}": "x"})

        assert (response.status_code, response.json()["code"]) == (400, "unknown-parameter")

    def test_refuses_a_value_that_no_attribute_has(self, api):
        response = api.get(URL, {"attributes.a": "a\0b"})

        assert response.status_code == 400
        assert response.json()["errors"][0]["parameter"] == "attributes.a"


@pytest.mark.postgres
class TestIndexes:
    def test_serve_attributes(self):
        names = [f"{number:x}" * 9 for number in range(5_000)]
        Product.objects.bulk_create(
            Product(name=name, slug=name, price=1, attributes={"a": name}) for name in names
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE products_product")

        plan = Product.objects.filter(attributes__holds=("a", "1")).explain()
        assert "product_live_attributes" in plan
