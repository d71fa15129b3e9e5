"""What a GET returned, sent back, changes nothing: in every state that a row can be in."""

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
MOVES = {
    "the same": {},
    "another host": {"HTTP_HOST": "localhost"},
    "https": {"secure": True},
    "another port": {"HTTP_HOST": "testserver:8443"},
}


def make(category: str, thumbnail: str, **values: object) -> Product:
    """Make a product in a state: of its category, and of its thumbnail."""
    shelf = None if category == "none" else make_category("Mugs")
    image = None if thumbnail == "none" else upload(png())
    row = make_product(category=shelf, image=image, **values)
    if thumbnail == "ready":
        attach_thumbnail(product_id=row.pk)
    elif thumbnail != "none":
        Product.objects.update(thumbnail_status=thumbnail, thumbnail_error={"code": "a"})
    if category == "deleted":
        delete_category(shelf)
    return row


def stored() -> dict[str, object]:
    return Product.objects.values().get()


class TestProduct:
    @pytest.mark.parametrize(
        ("category", "thumbnail"),
        list(combinations(["none", "live", "deleted"], ThumbnailStatus.values)),
    )
    @pytest.mark.parametrize("media_url", ["/media/", "https://cdn.example.com/shop/"])
    @pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
    def test_is_what_a_put_of_its_get_leaves(
        self, api, settings, category, thumbnail, media_url, move
    ):
        make(category, thumbnail)
        body, before = api.get(URL).json(), stored()
        settings.MEDIA_URL = media_url

        response = api.put(URL, body, **move)

        assert (response.status_code, stored()) == (200, before)

    @given(names=st.sets(st.sampled_from(NAMES)))
    @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_is_what_a_patch_with_any_part_of_its_get_leaves(self, api, names):
        if not Product.objects.exists():
            make("deleted", "failed", sku="\xc5", attributes={"a": True, "b": 1.0})
        response, before = api.get(URL), stored()
        body = {name: response.json()[name] for name in names}

        after = api.patch(URL, body, headers={"If-Match": response["ETag"]})

        assert (after.status_code, stored()) == (200, before)
        assert after["ETag"] == response["ETag"]

    @pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
    def test_is_what_a_form_of_its_get_leaves(self, api, move):
        make("deleted", "ready")
        body, before = api.get(URL).json(), stored()
        texts = {name: body[name] or "" for name in ("name", "price", "category", "image")}

        assert api.put(URL, texts, format="multipart", **move).status_code == 200
        assert stored() == before

    @pytest.mark.parametrize(
        "values",
        [
            {"price": "100.50", "currency": "JPY"},
            {"currency": "HRK"},
            {"attributes": {"nested": {"a": [None, "\x07"]}}},
            {"slug": "bulk"},
        ],
    )
    def test_is_left_though_it_could_not_be_created_now(self, api, values: dict):
        row = make_product()
        Product.objects.update(**values)
        url = f"/api/products/{row.pk}/"
        body, before = api.get(url).json(), stored()

        response = api.put(url, body)

        assert (response.status_code, stored()) == (200, before)

    def test_has_its_link_back_with_the_category(self, api):
        make("deleted", "none")
        api.put(URL, api.get(URL).json())
        restore_category(Category.all_objects.get())

        assert api.get(URL).json()["category"] == "mugs"

    @pytest.mark.parametrize("null", [{"category": None}, {"category": ""}])
    def test_loses_a_link_to_a_live_category(self, api, null: dict):
        make("live", "none")

        api.patch(URL, null)

        assert Product.objects.get().category_id is None

    @pytest.mark.parametrize("other", ["live", "deleted"])
    def test_leaves_a_deleted_category_for_another(self, api, other: str):
        make("deleted", "none")
        make_category("Cups")

        assert api.patch(URL, {"category": "cups"}).json()["category"] == "cups"

    def test_takes_no_url_of_another_image(self, api):
        make("none", "ready")
        other = make_product("Cup", image=upload(png((9, 9))))
        url = api.get("/api/products/cup/").json()["image"]
        body = api.get(URL).json()

        for image in (url, body["thumbnail"], f"{body['image']}.jpg", "x" + other.image.name, "[:"):
            assert api.put(URL, body | {"image": image}).status_code == 400

    def test_is_found_under_a_former_slug_of_its_category(self, api):
        make("live", "none")
        body = api.get(URL).json()
        api.patch("/api/categories/mugs/", {"slug": "cups"})

        assert api.put(URL, body).json()["category"] == "cups"


class TestCategory:
    @pytest.mark.parametrize("parent", ["none", "live", "deleted"])
    @pytest.mark.parametrize("method", ["put", "patch"])
    def test_is_what_a_put_of_its_get_leaves(self, api, parent: str, method: str):
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
