"""Redirects from former slugs, and look-ups of slugs that no live row has."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from categories.models import Category
from categories.services import update_category
from categories.tests.factories import make_category
from core.errors import NotFound
from core.models import CatalogModel
from core.selectors import get_live
from products.models import Product
from products.services import delete_product, purge_products, update_product
from products.tests.factories import make_product
from tests.support.images import png

pytestmark = pytest.mark.django_db

URL = "/api/products/"


@pytest.fixture
def moved() -> Product:
    """Return a product with the former slug `mug` and the slug `cup`."""
    return update_product(make_product(slug="mug"), slug="cup")


class TestSlugRedirect:
    @pytest.mark.parametrize(
        ("method", "status"),
        [("get", 301), ("head", 301), ("put", 308), ("patch", 308), ("delete", 308)],
    )
    def test_has_a_status_for_each_method(self, api, moved, method: str, status: int):
        response = getattr(api, method)(f"{URL}mug/")

        assert (response.status_code, response["Location"]) == (status, f"{URL}cup/")

    @pytest.mark.parametrize("part", ["restore/", "image/retry/"])
    def test_keeps_the_path_after_the_slug(self, api, moved, part: str):
        response = api.post(f"{URL}mug/{part}")

        assert (response.status_code, response["Location"]) == (308, f"{URL}cup/{part}")

    def test_keeps_the_query_string(self, api):
        update_category(make_category("Mugs"), slug="cups")

        response = api.delete("/api/categories/mugs/?strategy=c%61scade")

        assert response["Location"] == "/api/categories/cups/?strategy=c%61scade"

    def test_works_without_the_last_slash(self, api, moved):
        assert api.get(f"{URL}mug")["Location"] == f"{URL}cup/"

    def test_is_not_cached(self, api, moved):
        assert api.get(f"{URL}mug/")["Cache-Control"] == "no-cache"

    def test_writes_nothing(self, api, moved):
        api.delete(f"{URL}mug/")
        api.put(f"{URL}mug/image/", png(), content_type="image/png")

        product = Product.objects.get()
        assert (product.version, product.image.name) == (2, "")

    def test_works_for_categories(self, api):
        make_category("Mugs")
        api.patch("/api/categories/mugs/", {"slug": "cups"})

        assert api.get("/api/categories/mugs/")["Location"] == "/api/categories/cups/"

    def test_leads_from_every_former_slug_to_the_current_one(self, api, moved):
        update_product(moved, slug="bowl")

        assert [api.get(f"{URL}{slug}/")["Location"] for slug in ("mug", "cup")] == [
            f"{URL}bowl/",
            f"{URL}bowl/",
        ]

    def test_ends_when_the_row_has_the_slug_again(self, api, moved):
        update_product(moved, slug="mug")

        assert api.get(f"{URL}mug/").status_code == 200
        assert api.get(f"{URL}cup/")["Location"] == f"{URL}mug/"

    def test_ends_when_another_row_has_the_slug(self, api, moved):
        other = make_product(slug="mug")

        assert api.get(f"{URL}mug/").json()["id"] == str(other.pk)

    def test_stays_superseded_when_that_row_is_deleted(self, api, moved):
        other = make_product(slug="mug")
        delete_product(other)

        response = api.get(f"{URL}mug/")

        assert (response.status_code, response.json()["code"]) == (404, "deleted")
        assert str(other.pk) in response.json()["restore_url"]

    def test_leads_to_the_last_row_with_the_slug(self, api, moved):
        update_product(make_product(slug="mug"), slug="beaker")

        assert api.get(f"{URL}mug/")["Location"] == f"{URL}beaker/"

    def test_becomes_a_restore_url_when_the_row_is_deleted(self, api, moved):
        delete_product(moved)

        problem = api.get(f"{URL}mug/").json()

        assert problem["code"] == "deleted"
        assert api.post(problem["restore_url"]).json()["slug"] == "cup"

    def test_is_recorded_by_a_restore_under_another_slug(self, api):
        product = make_product(slug="mug")
        delete_product(product)

        api.post(f"{URL}mug/restore/", {"slug": "cup"})

        assert api.get(f"{URL}mug/")["Location"] == f"{URL}cup/"

    def test_is_separate_for_products_and_categories(self, api, moved):
        assert api.get("/api/categories/mug/").status_code == 404

    def test_is_recorded_in_the_transaction_of_the_change(self, api, moved):
        make_product(slug="taken")

        api.patch(f"{URL}cup/", {"slug": "taken"})

        assert api.get(f"{URL}cup/").status_code == 200

    def test_stays_superseded_when_that_row_is_purged(self, api, moved):
        delete_product(make_product(slug="mug"))
        purge_products(before=timezone.now())

        assert api.get(f"{URL}mug/").json()["code"] == "not-found"

    def test_outlives_the_purge_of_an_earlier_row_with_the_slug(self, api):
        delete_product(make_product(slug="mug"))
        update_product(make_product(slug="mug"), slug="cup")
        purge_products(before=timezone.now())

        assert api.get(f"{URL}mug/")["Location"] == f"{URL}cup/"

    def test_is_not_recorded_for_a_slug_that_a_live_row_has(self, api):
        product = make_product(slug="mug")
        delete_product(product)
        holder = make_product(slug="mug")
        api.post(f"{URL}{product.pk}/restore/", {"slug": "cup"})
        delete_product(holder)

        assert api.get(f"{URL}mug/").json()["code"] == "deleted"

    def test_is_not_recorded_when_that_row_is_purged(self, api):
        product = make_product(slug="mug")
        delete_product(product)
        holder = make_product(slug="mug")
        api.post(f"{URL}{product.pk}/restore/", {"slug": "cup"})
        delete_product(holder)
        purge_products(before=timezone.now())

        assert api.get(f"{URL}mug/").json()["code"] == "not-found"


@pytest.mark.parametrize("model", [Product, Category])
class TestGetLive:
    def test_makes_two_queries_for_an_unknown_slug(
        self, model: type[CatalogModel], django_assert_num_queries
    ):
        with django_assert_num_queries(2), pytest.raises(NotFound):
            get_live(model.all_objects.all(), "unknown")

    @pytest.mark.postgres
    def test_looks_deleted_rows_and_redirects_up_by_indexes(self, model: type[CatalogModel]):
        with CaptureQueriesContext(connection) as queries, pytest.raises(NotFound):
            get_live(model.all_objects.all(), "unknown")

        with connection.cursor() as cursor:
            # The tables are nearly empty, and may have statistics of fuller ones.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
            cursor.execute(f"EXPLAIN {queries[-1]['sql']}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert f"Index Scan using {model._meta.model_name}_trash_slug" in plan
        assert "Index Scan using former_slug_unique" in plan
