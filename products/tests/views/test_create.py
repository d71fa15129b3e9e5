"""`POST /api/products/`."""

from typing import Any

import pytest
from django.urls import reverse

from categories.tests.factories import make_category
from products.models import Product
from products.tests.factories import make_product
from tests.support.images import jpeg, upload
from tests.support.responses import error_codes

pytestmark = pytest.mark.django_db

URL = "/api/products/"


class TestCreate:
    def test_returns_the_product_and_its_location(self, api):
        response = api.post(URL, {"name": "Blue mug", "price": "12.5"})

        assert response.status_code == 201
        assert response["Location"] == "/api/products/blue-mug/"
        assert response.json() | {"id": 0, "created_at": 0, "updated_at": 0} == {
            "id": 0,
            "slug": "blue-mug",
            "name": "Blue mug",
            "description": "",
            "sku": None,
            "price": "12.50",
            "currency": "USD",
            "stock": 0,
            "is_active": True,
            "category": None,
            "category_name": None,
            "attributes": {},
            "image": None,
            "image_width": None,
            "image_height": None,
            "thumbnail": None,
            "thumbnail_status": "none",
            "thumbnail_error": None,
            "renditions": {},
            "placeholder": None,
            "version": 1,
            "created_at": 0,
            "updated_at": 0,
            "deleted_at": None,
        }

    @pytest.mark.parametrize("by", ["slug", "id"])
    def test_accepts_a_category_by_slug_or_id(self, api, by: str):
        category = make_category("Mugs")
        slug_or_id = {"slug": category.slug, "id": str(category.pk)}[by]

        response = api.post(URL, {"name": "Mug", "price": "1", "category": slug_or_id})

        assert response.json()["category"] == "mugs"
        assert response.json()["category_name"] == "Mugs"

    def test_accepts_a_form_with_an_image(self, api):
        form = {
            "name": "Mug",
            "price": "3.10",
            "image": upload(jpeg(size=(40, 30))),
            "attributes": '{"colour": "blue"}',
            "category": "",
        }

        body = api.post(URL, form, format="multipart").json()

        assert body["thumbnail_status"] == "pending"
        assert body["image"].startswith("http://testserver/media/products/")
        assert (body["image_width"], body["image_height"]) == (40, 30)
        assert body["attributes"] == {"colour": "blue"}
        assert body["is_active"] is True

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", "   "),
            ("name", None),
            ("name", "x" * 10_000),
            ("name", "a\0b"),
            ("name", ["list"]),
            ("price", "-0.01"),
            ("price", "10000000000.00"),
            ("price", "1.234"),
            ("price", "NaN"),
            ("price", "Infinity"),
            ("price", "1e400"),
            ("price", "free"),
            ("price", None),
            ("currency", "usd"),
            ("currency", "EURO"),
            ("stock", -1),
            ("stock", 2**31),
            ("stock", 1.5),
            ("stock", True),
            ("is_active", "perhaps"),
            ("category", "nowhere"),
            ("category", 7),
            ("category", {"slug": "mugs"}),
            ("category", "a\0b"),
            ("slug", "Not A Slug"),
            ("slug", "a--b"),
            ("slug", "-a"),
            ("slug", "x" * 256),
            ("slug", "01a20a59-9d2f-774a-88d7-f0178b1a98c5"),
            ("slug", "01a20a599d2f774a88d7f0178b1a98c5"),
            ("sku", "x" * 65),
            ("sku", "a\0b"),
            ("description", "a\0b"),
            ("attributes", []),
            ("attributes", "text"),
            ("attributes", {"a": None}),
            ("attributes", {"a": ["nested"]}),
            ("attributes", {"a": "b\0c"}),
            ("attributes", {"b\0c": "a"}),
            ("attributes", {"": "a"}),
            ("attributes", {"a": 10**400}),
            ("attributes", {str(number): 1 for number in range(51)}),
            ("image", "photo.png"),
            ("colour", "blue"),
        ],
    )
    def test_rejects_an_invalid_value_with_a_pointer(self, api, field: str, value: Any):
        response = api.post(URL, {"name": "Mug", "price": "1"} | {field: value})

        assert response.status_code == 400
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["code"] == "validation-error"
        assert list(error_codes(response)) == [f"/{field}"]
        assert not Product.all_objects.exists()

    def test_creates_no_reserved_slug(self, api):
        """`tree` is a path of the categories."""
        taken = reverse("product-list") + "tree/"
        assert api.get(taken).status_code == 404

        make_category("Tree")
        tree = api.get("/api/categories/").json()["results"][0]["slug"]
        assert api.get(f"/api/categories/{tree}/").status_code == 200

    def test_rejects_a_text_as_image(self, api):
        form = {"name": "Mug", "price": "1", "image": upload(b"not an image")}

        response = api.post(URL, form, format="multipart")

        assert response.status_code == 400
        assert response.json()["code"] == "invalid-image"
        assert not Product.all_objects.exists()

    def test_rejects_an_unsupported_image_format(self, api):
        form = {"name": "Mug", "price": "1", "image": upload(b"BM" + bytes(60))}

        assert api.post(URL, form, format="multipart").status_code == 415

    def test_rejects_an_image_that_is_too_large(self, api, settings):
        settings.IMAGE_MAX_BYTES = 500
        form = {"name": "Mug", "price": "1", "image": upload(jpeg(size=(500, 500)))}

        response = api.post(URL, form, format="multipart")

        assert response.status_code == 413
        assert response.json()["limit"] == 500

    def test_returns_507_when_the_form_cannot_be_stored(self, api, no_room):
        form = {"name": "Mug", "price": "1", "image": upload(jpeg() + bytes(5 * 2**20))}

        response = api.post(URL, form, format="multipart")

        assert (response.status_code, response.json()["code"]) == (507, "storage-unavailable")
        assert not Product.all_objects.exists()

    def test_reports_the_holder_of_a_taken_slug(self, api):
        holder = make_product(slug="mug")

        response = api.post(URL, {"name": "Mug", "price": "1", "slug": "mug"})

        assert response.status_code == 409
        assert response.json()["code"] == "slug-conflict"
        assert response.json()["holder"] == str(holder.pk)

    @pytest.mark.parametrize("method", ["post", "patch"])
    @pytest.mark.parametrize("has_two_holders", [False, True])
    def test_reports_a_taken_slug_and_a_taken_sku_together(self, api, method, has_two_holders):
        first = make_product(slug="mug", sku="M-1")
        if has_two_holders:
            first.save_columns({"sku": "M-2"})
            make_product(slug="cup", sku="M-1")
        url = URL if method == "post" else f"{URL}{make_product(slug='bowl').slug}/"

        response = getattr(api, method)(
            url, {"name": "Mug", "price": "1", "slug": "mug", "sku": "M-1"}
        )

        problem = response.json()
        assert (response.status_code, problem["code"]) == (409, "slug-conflict")
        assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [
            ("/slug", "slug-conflict"),
            ("/sku", "sku-conflict"),
        ]

    def test_reports_only_the_taken_sku_for_a_free_slug(self, api):
        make_product(slug="mug", sku="M-1")
        make_product(slug="cup")

        created = api.post(URL, {"name": "Mug", "price": "1", "sku": "M-1"})
        changed = api.patch(f"{URL}cup/", {"slug": "cup", "sku": "M-1"})

        for response in (created, changed):
            assert [error["pointer"] for error in response.json()["errors"]] == ["/sku"]

    def test_ignores_read_only_fields(self, api):
        body = {
            "name": "Mug",
            "price": "1",
            "id": "01a20a59-9d2f-774a-88d7-f0178b1a98c5",
            "version": 9,
            "deleted_at": "2020-01-01T00:00:00Z",
            "thumbnail": "x",
            "thumbnail_status": "ready",
            "renditions": {"medium": "x"},
        }

        created = api.post(URL, body).json()

        assert created["id"] != body["id"]
        assert (created["version"], created["deleted_at"]) == (1, None)
        assert (created["thumbnail"], created["thumbnail_status"]) == (None, "none")
