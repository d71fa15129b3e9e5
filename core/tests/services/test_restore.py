"""Restoring where live objects have taken slugs and SKUs meanwhile."""

from typing import Any

import pytest

from categories.models import Category
from categories.tests.factories import make_category
from core.models import SlugRedirect
from products.models import Product
from products.services import delete_product
from products.tests.factories import make_product
from tests.support.sample_catalog import live_slugs, make_sample_catalog

pytestmark = pytest.mark.django_db

CATEGORIES = "/api/categories/"
PRODUCTS = "/api/products/"


def make_shop(api, products: int, taken: int) -> Category:
    """Delete a category with products, then let others take the slugs and SKUs of some."""
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

    def test_are_fifty_and_the_number_of_the_others(self, api):
        category = make_shop(api, products=40, taken=40)

        problem = restore(api, category).json()

        assert (len(problem["errors"]), problem["more_errors"]) == (50, 30)

    def test_of_the_object_itself_point_into_the_body(self, api):
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
    def test_restores_all_and_lists_what_was_renamed(self, api):
        category = make_shop(api, products=4, taken=2)

        response = restore(api, category, conflicts="rename")

        renamed = {entry["former_slug"]: entry for entry in response.json()["renamed"]}
        assert (response.status_code, Product.objects.count()) == (200, 6)
        assert set(renamed) == {"mug-0", "mug-1"}
        assert {entry["slug"] for entry in renamed.values()} == live_slugs(Product) - {
            f"mug-{number}" for number in range(4)
        }
        assert [renamed["mug-0"][name] for name in ("sku", "former_sku")] == [None, "M-0"]

    def test_gives_no_slug_that_another_of_the_set_has(self, api):
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

    def test_lists_nothing_where_nothing_is_taken(self, api):
        category = make_shop(api, products=2, taken=0)

        assert restore(api, category, conflicts="rename").json()["renamed"] == []

    def test_is_no_member_of_other_restores(self, api):
        category = make_shop(api, products=1, taken=0)

        assert "renamed" not in restore(api, category).json()

    def test_leaves_a_slug_alone_that_the_caller_chose(self, api):
        category = make_shop(api, products=1, taken=1)
        make_category("Cups")

        response = restore(api, category, slug="cups", conflicts="rename")

        assert (response.status_code, response.json()["slug"]) == (409, "cups")

    def test_finds_what_is_renamed_by_its_words_and_no_more_by_its_sku(self, api):
        category = make_shop(api, products=1, taken=1)
        restore(api, category, conflicts="rename")

        assert api.get(f"{PRODUCTS}?search=mug").json()["count"] == 2
        assert api.get(f"{PRODUCTS}?search=m-0").json()["count"] == 1

    @pytest.mark.parametrize("value", ["all", "", None, True])
    def test_is_never_guessed(self, api, value: Any):
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
    def test_is_another_or_none(self, api, product, sku: str | None, stored: str | None):
        response = api.post(f"{PRODUCTS}mug/restore/", {"sku": sku})

        assert (response.status_code, response.json()["sku"]) == (200, stored)
        assert Product.objects.get(slug="mug").sku == stored

    def test_comes_with_another_slug(self, api, product):
        body = {"sku": "M-3", "slug": "beaker"}

        response = api.post(f"{PRODUCTS}mug/restore/", body)

        assert {name: response.json()[name] for name in body} == body
        assert SlugRedirect.objects.get().slug == "mug"

    def test_that_is_taken_too_is_a_conflict(self, api, product):
        make_product(sku="M-4")

        problem = api.post(f"{PRODUCTS}mug/restore/", {"sku": "M-4"}).json()

        assert (problem["code"], problem["sku"]) == ("sku-conflict", "M-4")
        assert Product.all_objects.deleted().get().sku == "M-1"

    def test_is_searched_for_as_it_is_now(self, api, product):
        api.post(f"{PRODUCTS}mug/restore/", {"sku": "Zebra-9"})

        assert api.get(f"{PRODUCTS}?search=zebra-9").json()["count"] == 1

    def test_is_no_field_of_a_category(self, api):
        category = make_shop(api, products=1, taken=0)

        assert restore(api, category, sku="M-1").json()["errors"][0]["code"] == "unknown-field"


class TestSoftDeleteQuerySet:
    def test_deletes_each_row_by_a_deletion_of_its_own(self, api):
        make_sample_catalog()

        assert Category.objects.filter(slug__in=["mugs", "tea", "garden"]).delete()[0] == 3

        assert len({row.deletion_id for row in Category.all_objects.deleted()}) == 3
        api.post(f"{CATEGORIES}garden/restore/")
        assert live_slugs(Category) == {"kitchen", "garden"}

    def test_deletes_any_number(self):
        Product.objects.bulk_create(
            Product(name="Mug", slug=f"mug-{number}", price=1) for number in range(1201)
        )

        assert Product.objects.all().delete()[0] == 1201
        assert Product.all_objects.deleted().values("deletion_id").distinct().count() == 1201
