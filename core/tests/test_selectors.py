"""Addresses that a row had before, and what is answered there."""

import pytest
from django.utils import timezone

from categories.services import update_category
from categories.tests.factories import make_category
from products.models import Product
from products.services import delete_product, purge_products, update_product
from products.tests.factories import make_product
from tests.support.images import png

pytestmark = pytest.mark.django_db

URL = "/api/products/"


@pytest.fixture
def moved() -> Product:
    """Give a product that was called `mug`, and is called `cup` now."""
    return update_product(make_product(slug="mug"), slug="cup")


class TestMoved:
    @pytest.mark.parametrize(
        ("method", "status"),
        [("get", 301), ("head", 301), ("put", 308), ("patch", 308), ("delete", 308)],
    )
    def test_sends_every_method_on(self, api, moved, method: str, status: int):
        response = getattr(api, method)(f"{URL}mug/")

        assert (response.status_code, response["Location"]) == (status, f"{URL}cup/")

    @pytest.mark.parametrize("part", ["restore/", "image/retry/"])
    def test_keeps_what_stands_behind_the_slug(self, api, moved, part: str):
        response = api.post(f"{URL}mug/{part}")

        assert (response.status_code, response["Location"]) == (308, f"{URL}cup/{part}")

    def test_keeps_the_query_as_it_was(self, api):
        update_category(make_category("Mugs"), slug="cups")

        response = api.delete("/api/categories/mugs/?strategy=c%61scade")

        assert response["Location"] == "/api/categories/cups/?strategy=c%61scade"

    def test_sends_on_from_the_form_without_a_slash(self, api, moved):
        assert api.get(f"{URL}mug")["Location"] == f"{URL}cup/"

    def test_is_not_remembered_by_caches(self, api, moved):
        assert api.get(f"{URL}mug/")["Cache-Control"] == "no-cache"

    def test_changes_nothing_itself(self, api, moved):
        api.delete(f"{URL}mug/")
        api.put(f"{URL}mug/image/", png(), content_type="image/png")

        product = Product.objects.get()
        assert (product.version, product.image.name) == (2, "")

    def test_holds_for_categories_too(self, api):
        make_category("Mugs")
        api.patch("/api/categories/mugs/", {"slug": "cups"})

        assert api.get("/api/categories/mugs/")["Location"] == "/api/categories/cups/"

    def test_leads_from_every_former_slug_to_the_present_one(self, api, moved):
        update_product(moved, slug="bowl")

        assert [api.get(f"{URL}{slug}/")["Location"] for slug in ("mug", "cup")] == [
            f"{URL}bowl/",
            f"{URL}bowl/",
        ]

    def test_ends_when_the_slug_comes_back(self, api, moved):
        update_product(moved, slug="mug")

        assert api.get(f"{URL}mug/").status_code == 200
        assert api.get(f"{URL}cup/")["Location"] == f"{URL}mug/"

    def test_ends_when_another_takes_the_slug(self, api, moved):
        other = make_product(slug="mug")

        assert api.get(f"{URL}mug/").json()["id"] == str(other.pk)

    def test_does_not_begin_again_when_that_one_is_deleted(self, api, moved):
        other = make_product(slug="mug")
        delete_product(other)

        response = api.get(f"{URL}mug/")

        assert (response.status_code, response.json()["code"]) == (404, "deleted")
        assert str(other.pk) in response.json()["restore_url"]

    def test_leads_to_the_last_that_had_the_slug(self, api, moved):
        update_product(make_product(slug="mug"), slug="beaker")

        assert api.get(f"{URL}mug/")["Location"] == f"{URL}beaker/"

    def test_tells_the_way_back_once_the_row_is_deleted(self, api, moved):
        delete_product(moved)

        problem = api.get(f"{URL}mug/").json()

        assert problem["code"] == "deleted"
        assert api.post(problem["restore_url"]).json()["slug"] == "cup"

    def test_holds_for_a_slug_that_a_restore_gave_up(self, api):
        product = make_product(slug="mug")
        delete_product(product)

        api.post(f"{URL}mug/restore/", {"slug": "cup"})

        assert api.get(f"{URL}mug/")["Location"] == f"{URL}cup/"

    def test_never_crosses_from_products_to_categories(self, api, moved):
        assert api.get("/api/categories/mug/").status_code == 404

    def test_is_recorded_with_the_change_or_not_at_all(self, api, moved):
        make_product(slug="taken")

        api.patch(f"{URL}cup/", {"slug": "taken"})

        assert api.get(f"{URL}cup/").status_code == 200

    def test_does_not_begin_again_when_that_one_is_purged(self, api, moved):
        delete_product(make_product(slug="mug"))
        purge_products(before=timezone.now())

        assert api.get(f"{URL}mug/").json()["code"] == "not-found"

    def test_outlives_the_purge_of_one_that_had_the_slug_before(self, api):
        delete_product(make_product(slug="mug"))
        update_product(make_product(slug="mug"), slug="cup")
        purge_products(before=timezone.now())

        assert api.get(f"{URL}mug/")["Location"] == f"{URL}cup/"

    def test_does_not_begin_where_a_restore_left_a_slug_to_its_holder(self, api):
        product = make_product(slug="mug")
        delete_product(product)
        holder = make_product(slug="mug")
        api.post(f"{URL}{product.pk}/restore/", {"slug": "cup"})
        delete_product(holder)

        assert api.get(f"{URL}mug/").json()["code"] == "deleted"

    def test_does_not_begin_where_that_holder_is_purged(self, api):
        product = make_product(slug="mug")
        delete_product(product)
        holder = make_product(slug="mug")
        api.post(f"{URL}{product.pk}/restore/", {"slug": "cup"})
        delete_product(holder)
        purge_products(before=timezone.now())

        assert api.get(f"{URL}mug/").json()["code"] == "not-found"
