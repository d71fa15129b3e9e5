"""Restore exactly the rows that were deleted together."""

import pytest

from categories.models import Category
from categories.tests.factories import make_category
from products.models import Product
from products.tests.factories import make_product
from tests.support.sample_catalog import all_rows, live_slugs, make_sample_catalog

pytestmark = pytest.mark.django_db

URL = "/api/categories/"


@pytest.fixture(autouse=True)
def kitchen(db: None) -> None:
    make_sample_catalog()


class TestRestoration:
    def test_restores_exactly_the_deleted_rows(self, api):
        before = all_rows()
        api.delete(f"{URL}kitchen/?strategy=cascade")
        api.post(f"{URL}kitchen/restore/")

        assert all_rows() == before

    def test_leaves_other_deletions_alone(self, api):
        api.delete("/api/products/in-tea/")
        api.delete(f"{URL}mugs/?strategy=cascade")
        api.delete("/api/products/in-kitchen/")
        api.post(f"{URL}mugs/restore/")

        assert live_slugs(Product) == {"in-mugs", "spade"}

    def test_leaves_rows_alone_that_were_restored_separately(self, api):
        api.delete(f"{URL}mugs/?strategy=cascade")
        api.post("/api/products/in-tea/restore/")
        api.patch("/api/products/in-tea/", {"stock": 9})
        api.post(f"{URL}mugs/restore/")

        assert Product.objects.get(slug="in-tea").version == 4

    def test_can_start_at_any_category_of_the_set(self, api):
        before = all_rows()
        api.delete(f"{URL}kitchen/?strategy=cascade")
        api.post(f"{URL}tea/restore/")

        assert all_rows() == before

    def test_restores_nothing_when_one_slug_is_taken(self, api):
        api.delete(f"{URL}mugs/?strategy=cascade")
        holder = make_product(name="In Tea")
        before = all_rows()

        response = api.post(f"{URL}mugs/restore/")

        problem = response.json()
        assert (response.status_code, problem["code"]) == (409, "slug-conflict")
        assert (problem["slug"], problem["holder"]) == ("in-tea", str(holder.pk))
        assert all_rows() == before

    def test_restores_nothing_when_one_sku_is_taken(self, api):
        api.delete(f"{URL}mugs/?strategy=cascade")
        make_product(name="New", sku="Tea")

        response = api.post(f"{URL}mugs/restore/")

        assert (response.status_code, response.json()["code"]) == (409, "sku-conflict")
        assert "mugs" not in live_slugs(Category)

    def test_succeeds_once_that_row_was_restored_under_another_slug(self, api):
        api.delete(f"{URL}mugs/?strategy=cascade")
        make_product(name="In Tea")
        lost = Product.all_objects.deleted().get(slug="in-tea")
        api.post(f"/api/products/{lost.pk}/restore/", {"slug": "in-tea-again"})

        assert api.post(f"{URL}mugs/restore/").status_code == 200
        assert live_slugs(Product) >= {"in-mugs", "in-tea", "in-tea-again"}

    def test_accepts_another_slug_for_the_row_in_the_url(self, api):
        api.delete(f"{URL}mugs/?strategy=cascade")
        make_category("Mugs")
        deleted = Category.all_objects.deleted().get(slug="mugs")

        response = api.post(f"{URL}{deleted.pk}/restore/", {"slug": "old-mugs"})

        assert response.json()["path"] == ["kitchen", "old-mugs"]
        assert api.get(f"{URL}tea/").json()["path"] == ["kitchen", "old-mugs", "tea"]

    def test_makes_as_many_queries_for_any_number_of_rows(self, api, django_assert_max_num_queries):
        for _ in range(50):
            make_product(category=Category.objects.get(slug="tea"))
        api.delete(f"{URL}kitchen/?strategy=cascade")

        with django_assert_max_num_queries(30):
            api.post(f"{URL}kitchen/restore/")

        assert Product.objects.count() == 54
