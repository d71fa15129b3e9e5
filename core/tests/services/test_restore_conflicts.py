"""Restore rows whose slugs and SKUs live rows have by now."""

from typing import Any

import pytest

from categories.models import Category
from categories.tests.factories import make_category
from core.models import SlugRedirect
from products.models import Product
from products.services import delete_product
from products.tests.factories import make_product
from tests.support.sample_catalog import live_slugs

pytestmark = pytest.mark.django_db

CATEGORIES = "/api/categories/"
PRODUCTS = "/api/products/"


def make_shop(api, products: int, taken: int) -> Category:
    """Delete a category with products, then create others with the slugs and SKUs of some."""
    category = make_category("Mugs")
    for number in range(products):
        make_product(name=f"Mug {number}", sku=f"M-{number}", category=category)
    api.delete(f"{CATEGORIES}mugs/?strategy=cascade")
    for number in range(taken):
        make_product(name=f"Mug {number}", sku=f"M-{number}")
    return category


def restore(api, category: Category, **body: Any) -> Any:
    return api.post(f"{CATEGORIES}{category.pk}/restore/", body)


class TestConflicts:
    @pytest.mark.parametrize("taken", [1, 2, 7])
    def test_are_all_listed_with_their_holders(self, api, taken: int):
        category = make_shop(api, products=8, taken=taken)

        problem = restore(api, category).json()

        holders = {str(product.pk) for product in Product.objects.all()}
        fields = {(error["type"], error["code"]) for error in problem["errors"]}
        assert len(problem["errors"]) == 2 * taken
        assert {error["holder"] for error in problem["errors"]} == holders
        assert fields == {("product", "slug-conflict"), ("product", "sku-conflict")}
        assert "more_errors" not in problem

    def test_are_limited_to_fifty_and_a_number(self, api):
        category = make_shop(api, products=40, taken=40)

        problem = restore(api, category).json()

        assert (len(problem["errors"]), problem["more_errors"]) == (50, 30)

    def test_of_the_row_itself_have_a_pointer(self, api):
        product = make_product(slug="mug", sku="M-1")
        delete_product(product)
        make_product(slug="mug", sku="M-1")

        problem = api.post(f"{PRODUCTS}{product.pk}/restore/").json()

        assert {error["pointer"] for error in problem["errors"]} == {"/slug", "/sku"}

    def test_leave_everything_deleted(self, api):
        category = make_shop(api, products=8, taken=1)

        restore(api, category)

        assert (live_slugs(Category), Product.objects.count()) == (set(), 1)


class TestRename:
    def test_restores_all_and_lists_the_renamed_rows(self, api):
        category = make_shop(api, products=4, taken=2)

        response = restore(api, category, conflicts="rename")

        renamed = {entry["former_slug"]: entry for entry in response.json()["renamed"]}
        assert (response.status_code, Product.objects.count()) == (200, 6)
        assert set(renamed) == {"mug-0", "mug-1"}
        assert {entry["slug"] for entry in renamed.values()} == live_slugs(Product) - {
            f"mug-{number}" for number in range(4)
        }
        assert [renamed["mug-0"][name] for name in ("sku", "former_sku")] == [None, "M-0"]

    def test_uses_no_slug_of_the_same_set(self, api):
        category = make_category("Mugs")
        for slug in ("mug", "mug-2", "mug-3"):
            make_product(slug=slug, category=category)
        api.delete(f"{CATEGORIES}mugs/?strategy=cascade")
        make_product(slug="mug")

        (entry,) = restore(api, category, conflicts="rename").json()["renamed"]

        assert (entry["former_slug"], entry["slug"]) == ("mug", "mug-4")
        assert live_slugs(Product) == {"mug", "mug-2", "mug-3", "mug-4"}

    def test_renames_the_category_too(self, api):
        category = make_shop(api, products=1, taken=0)
        make_category("Mugs")

        body = restore(api, category, conflicts="rename").json()

        assert (body["slug"], body["renamed"][0]["type"]) == ("mugs-2", "category")
        assert "sku" not in body["renamed"][0]

    def test_lists_nothing_without_conflicts(self, api):
        category = make_shop(api, products=2, taken=0)

        assert restore(api, category, conflicts="rename").json()["renamed"] == []

    def test_is_absent_from_other_restores(self, api):
        category = make_shop(api, products=1, taken=0)

        assert "renamed" not in restore(api, category).json()

    def test_does_not_replace_a_requested_slug(self, api):
        category = make_shop(api, products=1, taken=1)
        make_category("Cups")

        response = restore(api, category, slug="cups", conflicts="rename")

        assert (response.status_code, response.json()["slug"]) == (409, "cups")

    def test_updates_the_text_that_searches_look_in(self, api):
        category = make_shop(api, products=1, taken=1)
        restore(api, category, conflicts="rename")

        assert api.get(f"{PRODUCTS}?search=mug").json()["count"] == 2
        assert api.get(f"{PRODUCTS}?search=m-0").json()["count"] == 1

    @pytest.mark.parametrize("value", ["all", "", None, True])
    def test_rejects_anything_but_a_boolean(self, api, value: Any):
        category = make_shop(api, products=1, taken=0)

        assert restore(api, category, conflicts=value).status_code == 400


class TestSku:
    @pytest.fixture
    def product(self) -> Product:
        product = make_product(slug="mug", sku="M-1")
        delete_product(product)
        make_product(slug="cup", sku="M-1")
        return product

    @pytest.mark.parametrize(("sku", "stored"), [("M-2", "M-2"), (None, None), ("", None)])
    def test_is_replaced_or_removed(self, api, product, sku: str | None, stored: str | None):
        response = api.post(f"{PRODUCTS}mug/restore/", {"sku": sku})

        assert (response.status_code, response.json()["sku"]) == (200, stored)
        assert Product.objects.get(slug="mug").sku == stored

    def test_is_replaced_together_with_the_slug(self, api, product):
        body = {"sku": "M-3", "slug": "beaker"}

        response = api.post(f"{PRODUCTS}mug/restore/", body)

        assert {name: response.json()[name] for name in body} == body
        assert SlugRedirect.objects.get().slug == "mug"

    def test_is_a_conflict_when_taken_too(self, api, product):
        make_product(sku="M-4")

        problem = api.post(f"{PRODUCTS}mug/restore/", {"sku": "M-4"}).json()

        assert (problem["code"], problem["sku"]) == ("sku-conflict", "M-4")
        assert Product.all_objects.deleted().get().sku == "M-1"

    def test_is_searched_for_in_its_new_form(self, api, product):
        api.post(f"{PRODUCTS}mug/restore/", {"sku": "Zebra-9"})

        assert api.get(f"{PRODUCTS}?search=zebra-9").json()["count"] == 1

    def test_is_no_field_of_a_category(self, api):
        category = make_shop(api, products=1, taken=0)

        assert restore(api, category, sku="M-1").json()["errors"][0]["code"] == "unknown-field"
