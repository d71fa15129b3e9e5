"""Sending back the representation of a GET changes nothing, in every state of a row."""

from itertools import product as combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from categories.models import Category
from categories.services import delete_category, restore_category
from categories.tests.factories import make_category
from products.models import Product, ThumbnailStatus
from products.services.thumbnails import attach_thumbnail
from products.tests.factories import make_product
from tests.support.images import png, upload

pytestmark = pytest.mark.django_db

URL = "/api/products/blue-mug/"
NAMES = ["category", "image", "price", "currency", "sku", "name", "slug", "attributes"]
ORIGINS = {
    "the same": {},
    "another host": {"HTTP_HOST": "localhost"},
    "https": {"secure": True},
    "another port": {"HTTP_HOST": "testserver:8443"},
}


def make_in_state(category: str, thumbnail: str, **values: object) -> Product:
    """Create a product with a category and a thumbnail in these states."""
    row_category = None if category == "none" else make_category("Mugs")
    image = None if thumbnail == "none" else upload(png())
    row = make_product(category=row_category, image=image, **values)
    if thumbnail == "ready":
        attach_thumbnail(product_id=row.pk)
    elif thumbnail != "none":
        Product.objects.update(thumbnail_status=thumbnail, thumbnail_error={"code": "a"})
    if category == "deleted":
        delete_category(row_category)
    return row


def product_row() -> dict[str, object]:
    return Product.objects.values().get()


class TestProduct:
    @pytest.mark.parametrize(
        ("category", "thumbnail"),
        list(combinations(["none", "live", "deleted"], ThumbnailStatus.values)),
    )
    @pytest.mark.parametrize("media_url", ["/media/", "https://cdn.example.com/shop/"])
    @pytest.mark.parametrize("origin", ORIGINS.values(), ids=ORIGINS)
    def test_is_unchanged_by_a_put_of_its_get(
        self, api, settings, category, thumbnail, media_url, origin
    ):
        make_in_state(category, thumbnail)
        body, before = api.get(URL).json(), product_row()
        settings.MEDIA_URL = media_url

        response = api.put(URL, body, **origin)

        assert (response.status_code, product_row()) == (200, before)

    @given(names=st.sets(st.sampled_from(NAMES)))
    @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_is_unchanged_by_a_patch_of_any_fields_of_its_get(self, api, names):
        if not Product.objects.exists():
            make_in_state("deleted", "failed", sku="\xc5", attributes={"a": True, "b": 1.0})
        response, before = api.get(URL), product_row()
        body = {name: response.json()[name] for name in names}

        after = api.patch(URL, body, headers={"If-Match": response["ETag"]})

        assert (after.status_code, product_row()) == (200, before)
        assert after["ETag"] == response["ETag"]

    @pytest.mark.parametrize("origin", ORIGINS.values(), ids=ORIGINS)
    def test_is_unchanged_by_a_form_of_its_get(self, api, origin):
        make_in_state("deleted", "ready")
        body, before = api.get(URL).json(), product_row()
        strings = {name: body[name] or "" for name in ("name", "price", "category", "image")}

        assert api.put(URL, strings, format="multipart", **origin).status_code == 200
        assert product_row() == before

    @pytest.mark.parametrize(
        "values",
        [
            {"price": "100.50", "currency": "JPY"},
            {"currency": "HRK"},
            {"attributes": {"nested": {"a": [None, "\x07"]}}},
            {"slug": "bulk"},
        ],
    )
    def test_is_unchanged_even_if_its_values_became_invalid(self, api, values: dict):
        row = make_product()
        Product.objects.update(**values)
        url = f"/api/products/{row.pk}/"
        body, before = api.get(url).json(), product_row()

        response = api.put(url, body)

        assert (response.status_code, product_row()) == (200, before)

    def test_regains_its_category_when_that_is_restored(self, api):
        make_in_state("deleted", "none")
        api.put(URL, api.get(URL).json())
        restore_category(Category.all_objects.get())

        assert api.get(URL).json()["category"] == "mugs"

    @pytest.mark.parametrize("null", [{"category": None}, {"category": ""}])
    def test_loses_its_live_category_by_null(self, api, null: dict):
        make_in_state("live", "none")

        api.patch(URL, null)

        assert Product.objects.get().category_id is None

    @pytest.mark.parametrize("other", ["live", "deleted"])
    def test_replaces_its_deleted_category(self, api, other: str):
        make_in_state("deleted", "none")
        make_category("Cups")

        assert api.patch(URL, {"category": "cups"}).json()["category"] == "cups"

    def test_rejects_the_url_of_another_image(self, api):
        make_in_state("none", "ready")
        other = make_product("Cup", image=upload(png((9, 9))))
        url = api.get("/api/products/cup/").json()["image"]
        body = api.get(URL).json()

        for image in (url, body["thumbnail"], f"{body['image']}.jpg", "x" + other.image.name, "[:"):
            assert api.put(URL, body | {"image": image}).status_code == 400

    def test_accepts_a_former_slug_of_its_category(self, api):
        make_in_state("live", "none")
        body = api.get(URL).json()
        api.patch("/api/categories/mugs/", {"slug": "cups"})

        assert api.put(URL, body).json()["category"] == "cups"


class TestCategory:
    @pytest.mark.parametrize("parent", ["none", "live", "deleted"])
    @pytest.mark.parametrize("method", ["put", "patch"])
    def test_is_unchanged_by_a_put_of_its_get(self, api, parent: str, method: str):
        above = None if parent == "none" else make_category("Kitchen")
        make_category("Mugs", parent=above)
        if parent == "deleted":
            delete_category(above)
        response, before = api.get("/api/categories/mugs/"), Category.objects.values().get(
            slug="mugs"
        )

        after = getattr(api, method)("/api/categories/mugs/", response.json())

        assert after["ETag"] == response["ETag"]
        assert Category.objects.values().get(slug="mugs") == before
