"""`DELETE /api/categories/{slug}/?strategy=`: what happens to dependents."""

import pytest
from django.db import connection

from categories.models import Category
from categories.services import delete_category
from categories.tests.factories import make_category
from products.models import Product
from products.services import delete_product
from products.tests.factories import make_product
from tests.support.sample_catalog import all_rows, live_slugs, make_sample_catalog

pytestmark = pytest.mark.django_db

URL = "/api/categories/"


@pytest.fixture(autouse=True)
def kitchen(db: None) -> None:
    make_sample_catalog()


class TestDetach:
    def test_deletes_only_the_category(self, api):
        api.delete(f"{URL}mugs/")

        assert live_slugs(Category) == {"kitchen", "tea", "garden"}
        assert Product.objects.count() == 4

    def test_makes_references_to_it_read_as_null(self, api):
        api.delete(f"{URL}mugs/?strategy=detach")

        assert api.get("/api/products/in-mugs/").json()["category"] is None
        assert api.get(f"{URL}tea/").json()["parent"] is None
        assert api.get("/api/products/?category=kitchen").json()["count"] == 1
        assert api.get("/api/products/?category=mugs").status_code == 400
        assert api.get(f"{URL}?parent=null&ordering=name").json()["count"] == 3

    def test_is_undone_by_a_restore(self, api):
        before = all_rows()
        api.delete(f"{URL}mugs/")
        api.post(f"{URL}mugs/restore/")

        assert all_rows() == before


class TestRestrict:
    def test_rejects_a_category_with_dependents_and_counts_them(self, api):
        response = api.delete(f"{URL}kitchen/?strategy=restrict")

        problem = response.json()
        assert (response.status_code, problem["code"]) == (409, "category-not-empty")
        assert (problem["categories"], problem["products"]) == (2, 3)
        assert live_slugs(Category) == {"kitchen", "mugs", "tea", "garden"}

    def test_deletes_an_empty_category(self, api):
        make_category("Cups")

        assert api.delete(f"{URL}cups/?strategy=restrict").status_code == 204
        assert "cups" not in live_slugs(Category)

    def test_counts_no_deleted_dependents(self, api):
        cups = make_category("Cups")
        delete_product(make_product(category=cups))
        delete_category(make_category("Coffee", parent=cups))

        assert api.delete(f"{URL}cups/?strategy=restrict").status_code == 204


class TestCascade:
    def test_deletes_the_subtree_only(self, api):
        assert api.delete(f"{URL}kitchen/?strategy=cascade").status_code == 204

        assert (live_slugs(Category), live_slugs(Product)) == ({"garden"}, {"spade"})

    def test_shares_one_deletion_id(self, api):
        api.delete(f"{URL}kitchen/?strategy=cascade")

        ids = [
            model.all_objects.deleted().values_list("deletion_id", "deleted_at")
            for model in (Category, Product)
        ]
        assert len({*ids[0], *ids[1]}) == 1

    def test_increments_each_version(self, api):
        api.delete(f"{URL}kitchen/?strategy=cascade")

        versions = Product.all_objects.deleted().values_list("version", flat=True)
        assert list(versions) == [2, 2, 2]

    def test_leaves_earlier_deletions_alone(self, api):
        api.delete(f"{URL}mugs/")
        api.delete(f"{URL}kitchen/?strategy=cascade")

        assert live_slugs(Category) == {"tea", "garden"}
        assert live_slugs(Product) == {"in-mugs", "in-tea", "spade"}

    def test_makes_as_many_queries_for_any_number_of_rows(self, api, django_assert_max_num_queries):
        for _ in range(50):
            make_product(category=Category.objects.get(slug="tea"))

        advisory_locks = connection.vendor == "postgresql"  # in one statement more
        with django_assert_max_num_queries(16 + advisory_locks):
            api.delete(f"{URL}kitchen/?strategy=cascade")

    def test_checks_the_version(self, api):
        response = api.delete(f"{URL}kitchen/?strategy=cascade", headers={"If-Match": '"9"'})

        assert response.status_code == 412
        assert Product.objects.count() == 4


class TestStrategy:
    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("strategy=all", "invalid_choice"),
            ("strategy=", "invalid_choice"),
            ("strateg=cascade", "unknown-parameter"),
        ],
    )
    def test_rejects_unknown_values(self, api, query: str, code: str):
        response = api.delete(f"{URL}mugs/?{query}")

        assert response.status_code == 400
        assert response.json()["errors"][0]["parameter"] == query.partition("=")[0]
        assert response.json()["errors"][0]["code"] == code
        assert "mugs" in live_slugs(Category)
