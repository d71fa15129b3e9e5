"""Deleting with strategies, and bringing back exactly what went."""

from collections.abc import Iterable

import pytest

from categories.models import Category
from categories.services import delete_category
from categories.tests.factories import make_category
from core.models import CatalogModel
from products.models import Product
from products.services import delete_product
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db

URL = "/api/categories/"


@pytest.fixture
def kitchen() -> None:
    """Kitchen > mugs > tea, a product in each; and a garden beside it with another."""
    parent = None
    for name in ("Kitchen", "Mugs", "Tea"):
        parent = make_category(name, parent=parent)
        make_product(name=f"In {name}", category=parent, sku=name)
    make_product(name="Spade", category=make_category("Garden"))


def live(model: type[CatalogModel]) -> set[str]:
    return set(model.objects.values_list("slug", flat=True))


def state(ignored: Iterable[str] = ("version", "updated_at")) -> list[dict]:
    """Give all rows, without the columns that a deletion and a restore change for good."""
    rows = [*Category.all_objects.order_by("pk").values()]
    rows += Product.all_objects.order_by("pk").values()
    return [{name: row[name] for name in row if name not in ignored} for row in rows]


class TestDetach:
    def test_deletes_the_category_alone(self, api, kitchen):
        api.delete(f"{URL}mugs/")

        assert live(Category) == {"kitchen", "tea", "garden"}
        assert Product.objects.count() == 4

    def test_leaves_no_link_to_it_in_sight(self, api, kitchen):
        api.delete(f"{URL}mugs/?strategy=detach")

        assert api.get("/api/products/in-mugs/").json()["category"] is None
        assert api.get(f"{URL}tea/").json()["parent"] is None
        assert api.get("/api/products/?category=kitchen").json()["count"] == 1
        assert api.get("/api/products/?category=mugs").status_code == 400
        assert api.get(f"{URL}?parent=null&ordering=name").json()["count"] == 3

    def test_is_undone_without_a_trace(self, api, kitchen):
        before = state()
        api.delete(f"{URL}mugs/")
        api.post(f"{URL}mugs/restore/")

        assert state() == before


class TestRestrict:
    def test_refuses_a_category_with_anything_in_it_and_tells_how_much(self, api, kitchen):
        response = api.delete(f"{URL}kitchen/?strategy=restrict")

        problem = response.json()
        assert (response.status_code, problem["code"]) == (409, "category-not-empty")
        assert (problem["categories"], problem["products"]) == (2, 3)
        assert live(Category) == {"kitchen", "mugs", "tea", "garden"}

    def test_deletes_an_empty_one(self, api):
        make_category("Mugs")

        assert api.delete(f"{URL}mugs/?strategy=restrict").status_code == 204
        assert live(Category) == set()

    def test_counts_nothing_that_is_deleted(self, api):
        mugs = make_category("Mugs")
        delete_product(make_product(category=mugs))
        delete_category(make_category("Tea", parent=mugs))

        assert api.delete(f"{URL}mugs/?strategy=restrict").status_code == 204


class TestCascade:
    def test_deletes_all_below_and_nothing_beside(self, api, kitchen):
        assert api.delete(f"{URL}kitchen/?strategy=cascade").status_code == 204

        assert (live(Category), live(Product)) == ({"garden"}, {"spade"})

    def test_gives_all_of_it_one_deletion_id(self, api, kitchen):
        api.delete(f"{URL}kitchen/?strategy=cascade")

        ids = [
            model.all_objects.deleted().values_list("deletion_id", "deleted_at")
            for model in (Category, Product)
        ]
        assert len({*ids[0], *ids[1]}) == 1

    def test_counts_as_a_change_of_each(self, api, kitchen):
        api.delete(f"{URL}kitchen/?strategy=cascade")

        versions = Product.all_objects.deleted().values_list("version", flat=True)
        assert list(versions) == [2, 2, 2]

    def test_stops_at_what_was_deleted_before(self, api, kitchen):
        api.delete(f"{URL}mugs/")
        api.delete(f"{URL}kitchen/?strategy=cascade")

        assert live(Category) == {"tea", "garden"}
        assert live(Product) == {"in-mugs", "in-tea", "spade"}

    def test_asks_the_same_queries_for_any_number_of_rows(
        self, api, kitchen, django_assert_max_num_queries
    ):
        for _ in range(50):
            make_product(category=Category.objects.get(slug="tea"))

        with django_assert_max_num_queries(12):
            api.delete(f"{URL}kitchen/?strategy=cascade")

    def test_heeds_the_version(self, api, kitchen):
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
    def test_is_never_guessed(self, api, kitchen, query: str, code: str):
        response = api.delete(f"{URL}mugs/?{query}")

        assert response.status_code == 400
        assert response.json()["errors"][0]["parameter"] == query.partition("=")[0]
        assert response.json()["errors"][0]["code"] == code
        assert "mugs" in live(Category)


class TestRestoreTogether:
    def test_brings_back_exactly_what_went(self, api, kitchen):
        before = state()
        api.delete(f"{URL}kitchen/?strategy=cascade")
        api.post(f"{URL}kitchen/restore/")

        assert state() == before

    def test_leaves_what_was_deleted_before_or_after(self, api, kitchen):
        api.delete("/api/products/in-tea/")
        api.delete(f"{URL}mugs/?strategy=cascade")
        api.delete("/api/products/in-kitchen/")
        api.post(f"{URL}mugs/restore/")

        assert live(Product) == {"in-mugs", "spade"}

    def test_leaves_what_came_back_by_itself_as_it_is_now(self, api, kitchen):
        api.delete(f"{URL}mugs/?strategy=cascade")
        api.post("/api/products/in-tea/restore/")
        api.patch("/api/products/in-tea/", {"stock": 9})
        api.post(f"{URL}mugs/restore/")

        assert Product.objects.get(slug="in-tea").version == 4

    def test_can_start_from_any_category_of_the_set(self, api, kitchen):
        before = state()
        api.delete(f"{URL}kitchen/?strategy=cascade")
        api.post(f"{URL}tea/restore/")

        assert state() == before

    def test_brings_nothing_back_where_one_has_lost_its_slug(self, api, kitchen):
        api.delete(f"{URL}mugs/?strategy=cascade")
        holder = make_product(name="In Tea")
        before = state()

        response = api.post(f"{URL}mugs/restore/")

        problem = response.json()
        assert (response.status_code, problem["code"]) == (409, "slug-conflict")
        assert (problem["slug"], problem["holder"]) == ("in-tea", str(holder.pk))
        assert state() == before

    def test_brings_nothing_back_where_one_has_lost_its_sku(self, api, kitchen):
        api.delete(f"{URL}mugs/?strategy=cascade")
        make_product(name="New", sku="Tea")

        response = api.post(f"{URL}mugs/restore/")

        assert (response.status_code, response.json()["code"]) == (409, "sku-conflict")
        assert "mugs" not in live(Category)

    def test_succeeds_once_the_lost_one_came_back_under_another_slug(self, api, kitchen):
        api.delete(f"{URL}mugs/?strategy=cascade")
        make_product(name="In Tea")
        lost = Product.all_objects.deleted().get(slug="in-tea")
        api.post(f"/api/products/{lost.pk}/restore/", {"slug": "in-tea-again"})

        assert api.post(f"{URL}mugs/restore/").status_code == 200
        assert live(Product) >= {"in-mugs", "in-tea", "in-tea-again"}

    def test_takes_another_slug_for_the_one_that_is_named(self, api, kitchen):
        api.delete(f"{URL}mugs/?strategy=cascade")
        make_category("Mugs")
        deleted = Category.all_objects.deleted().get(slug="mugs")

        response = api.post(f"{URL}{deleted.pk}/restore/", {"slug": "old-mugs"})

        assert response.json()["path"] == ["kitchen", "old-mugs"]
        assert api.get(f"{URL}tea/").json()["path"] == ["kitchen", "old-mugs", "tea"]

    def test_asks_the_same_queries_for_any_number_of_rows(
        self, api, kitchen, django_assert_max_num_queries
    ):
        for _ in range(50):
            make_product(category=Category.objects.get(slug="tea"))
        api.delete(f"{URL}kitchen/?strategy=cascade")

        with django_assert_max_num_queries(25):
            api.post(f"{URL}kitchen/restore/")

        assert Product.objects.count() == 54
