"""`PUT` and `PATCH /api/products/{slug}/`."""

import pytest

from categories.tests.factories import make_category
from products.models import Product
from products.tests.factories import make_product
from tests.support.images import jpeg, png, upload

pytestmark = pytest.mark.django_db

URL = "/api/products/"


class TestUpdate:
    def test_accepts_the_response_of_a_get(self, api):
        make_product(
            sku="M-1",
            stock=3,
            category=make_category(),
            attributes={"a": 1},
            image=upload(png()),
        )
        before = api.get(f"{URL}blue-mug/").json()

        response = api.put(f"{URL}blue-mug/", before)

        assert (response.status_code, response.json()) == (200, before)

    def test_updates_only_the_fields_of_a_patch(self, api):
        make_product(stock=3)

        body = api.patch(f"{URL}blue-mug/", {"price": "9.99"}).json()

        assert (body["price"], body["stock"], body["version"]) == ("9.99", 3, 2)

    def test_removes_the_image_for_null_and_keeps_it_when_absent(self, api):
        make_product(image=upload(png()))

        kept = api.put(f"{URL}blue-mug/", {"name": "Blue mug", "price": "1"}).json()
        removed = api.put(f"{URL}blue-mug/", {"name": "Blue mug", "price": "1", "image": None})

        assert kept["image"]
        assert removed.json()["image"] is None

    def test_replaces_the_image_by_a_form(self, api):
        before = make_product(image=upload(png())).image.name

        form = {"image": upload(jpeg(size=(31, 21)))}
        body = api.patch(f"{URL}blue-mug/", form, format="multipart").json()

        assert body["image_width"] == 31
        assert before not in body["image"]

    def test_keeps_the_slug_when_it_is_blank(self, api):
        make_product()

        body = {"name": "Red mug", "price": "1", "slug": ""}

        assert api.put(f"{URL}blue-mug/", body).json()["slug"] == "blue-mug"

    def test_changes_the_slug_on_request(self, api):
        make_product()

        api.patch(f"{URL}blue-mug/", {"slug": "azure-mug"})

        assert api.get(f"{URL}azure-mug/").status_code == 200

    def test_changes_nothing_when_one_field_is_invalid(self, api):
        make_product(stock=3)

        api.patch(f"{URL}blue-mug/", {"stock": 5, "price": "-1"})

        assert Product.objects.get().stock == 3

    def test_accepts_a_url_without_a_trailing_slash(self, api):
        make_product()

        assert api.patch(f"{URL}blue-mug", {"stock": 5}).json()["stock"] == 5
