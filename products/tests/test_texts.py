"""Texts of products and categories, normalized and validated through the API."""

import pytest
from django.db import IntegrityError, transaction

from products.models import Product
from products.tests.factories import make_product
from tests.support.responses import error_codes

pytestmark = pytest.mark.django_db

PRODUCTS, CATEGORIES = "/api/products/", "/api/categories/"
DECOMPOSED, COMPOSED = "Cafe\u0301", "Caf\xe9"


def create(api, url: str = PRODUCTS, **fields):
    return api.post(url, {"name": "Mug"} | ({"price": "1"} if url == PRODUCTS else {}) | fields)


class TestNormalForm:
    @pytest.mark.parametrize("url", [PRODUCTS, CATEGORIES])
    @pytest.mark.parametrize("field", ["name", "description"])
    def test_is_stored(self, api, url: str, field: str):
        assert create(api, url, **{field: f"\u200b{DECOMPOSED}\ufeff"}).json()[field] == COMPOSED

    def test_is_stored_from_a_form(self, api):
        form = {"name": DECOMPOSED, "price": "1", "attributes": f'{{"{DECOMPOSED}": "\u200bx"}}'}

        body = api.post(PRODUCTS, form, format="multipart").json()

        assert (body["name"], body["attributes"]) == (COMPOSED, {COMPOSED: "x"})

    def test_gives_all_forms_of_a_name_the_same_slug(self, api):
        slugs = [create(api, name=name).json()["slug"] for name in (DECOMPOSED, COMPOSED)]

        assert slugs == ["cafe", "cafe-2"]

    @pytest.mark.parametrize("again", [DECOMPOSED, COMPOSED, f" {COMPOSED}\u200b"])
    def test_is_compared_for_unique_skus(self, api, again: str):
        create(api, sku=COMPOSED)

        response = create(api, sku=again)

        assert (response.status_code, response.json()["code"]) == (409, "sku-conflict")

    def test_stores_an_invisible_sku_as_null(self, api):
        assert create(api, sku="\u200b").json()["sku"] is None


class TestInvalidText:
    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("name", "\u200b\u2060", "blank"),
            ("name", "\u3164", "blank"),
            ("name", "a\nb", "control_character"),
            ("name", "a\x07b", "control_character"),
            ("name", "evil\u202egnp", "control_character"),
            ("name", "x" * 256, "max_length"),
            ("name", "a" + "\u0301" * 50, "too_many_marks"),
            ("sku", "a\tb", "control_character"),
            ("sku", "x" * 65, "max_length"),
            ("description", "a\0b", "control_character"),
            ("description", "a\u2067b", "control_character"),
            ("description", "x" * 20_001, "max_length"),
            ("attributes", {"a": "b\x1bc"}, "bad_value"),
            ("attributes", {"a\u202e": 1}, "bad_key"),
        ],
    )
    def test_is_reported_by_field_and_code(self, api, field: str, value: object, code: str):
        response = create(api, **{field: value})

        assert (response.status_code, error_codes(response)) == (400, {f"/{field}": code})

    def test_has_no_line_break_except_in_a_description(self, api):
        assert create(api, description="a\r\n\tb").json()["description"] == "a\r\n\tb"


class TestConstraints:
    @pytest.mark.parametrize(
        "values",
        [
            {"description": "x" * 20_001},
            {"price": "1.00001"},
            {"price": 10**10},
            {"currency": "EU"},
        ],
    )
    def test_reject_what_no_field_accepts(self, values: dict):
        make_product()

        with pytest.raises(IntegrityError), transaction.atomic():
            Product.objects.update(**values)

    @pytest.mark.postgres
    def test_limit_the_length_of_attributes(self):
        make_product()

        with pytest.raises(IntegrityError), transaction.atomic():
            Product.objects.update(attributes={"a": "x" * 200_000})
