"""`/api/products/{slug}/image/`: an image as raw bytes."""

import pytest
from django.core.files.storage import default_storage

from products.models import Product, ThumbnailStatus
from products.services import delete_product
from products.tests.factories import make_product
from tests.support.images import jpeg, png, upload

pytestmark = pytest.mark.django_db

URL = "/api/products/blue-mug/image/"


@pytest.fixture
def product() -> Product:
    return make_product(stock=3)


def put(api, content: bytes, content_type: str = "image/png", **options):
    return api.put(URL, content, content_type=content_type, **options)


class TestPut:
    def test_returns_the_product(self, api, product):
        response = put(api, png(size=(30, 20)))

        body = response.json()
        assert response.status_code == 200
        assert (body["image_width"], body["image_height"], body["version"]) == (30, 20, 2)
        assert body["thumbnail_status"] == "pending"
        assert body["stock"] == 3

    def test_enqueues_a_thumbnail(self, api, product, enqueued, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            put(api, png())

        assert enqueued() == [{"product_id": str(product.pk)}]

    @pytest.mark.parametrize(
        "content_type",
        [
            "image/png",
            "image/jpeg",
            "image/*",
            "image/x; q=1",
            "image/jpeg; charset=binary",
            "image/jpeg;charset=ISO-8859-1;name=photo",
            'image/jpeg; name="a;b"',
        ],
    )
    def test_recognizes_the_format_by_content_only(self, api, product, content_type: str):
        put(api, jpeg(), content_type)

        assert Product.objects.get().image.name.endswith(".jpg")

    @pytest.mark.parametrize("content", [b"", b"\0", b"no image", png()[:40], jpeg()[:-9]])
    def test_rejects_an_incomplete_image(self, api, product, content: bytes):
        before = put(api, png(size=(9, 9))).json()

        response = put(api, content)

        assert (response.status_code, response.json()["code"]) == (400, "invalid-image")
        assert Product.objects.get().image.name in before["image"]

    def test_rejects_an_empty_body(self, api, product):
        put(api, png())

        assert api.put(URL).status_code == 400
        assert Product.objects.get().image

    @pytest.mark.parametrize("content", [b"BM" + bytes(60), b"<svg/>"])
    def test_rejects_an_unsupported_format(self, api, product, content: bytes):
        assert put(api, content).status_code == 415
        assert not Product.objects.get().image

    @pytest.mark.parametrize(
        "content_type",
        ["application/json", "application/octet-stream", "multipart/form-data", "imag/png"],
    )
    def test_rejects_another_media_type(self, api, product, content_type: str):
        response = put(api, png(), content_type)

        assert (response.status_code, response.json()["code"]) == (415, "unsupported-media-type")

    def test_rejects_an_image_that_is_too_large(self, api, product, settings):
        settings.IMAGE_MAX_BYTES = 500

        response = put(api, jpeg(size=(500, 500)))

        assert (response.status_code, response.json()["code"]) == (413, "too-large")
        size = len(jpeg(size=(500, 500)))
        assert (response.json()["limit"], response.json()["size"]) == (500, size)
        assert f"has {size:,} bytes; at most 500 are" in response.json()["detail"]
        assert not Product.objects.get().image

    def test_accepts_an_image_of_the_maximum_size(self, api, product, settings):
        settings.IMAGE_MAX_BYTES = len(png())

        assert put(api, png()).status_code == 200

    def test_keeps_the_previous_thumbnail_until_the_new_one_is_ready(self, api, product):
        put(api, png())
        Product.objects.update(thumbnail="thumbnails/aa/old.webp", thumbnail_status="ready")

        body = put(api, png(size=(9, 9))).json()

        assert body["thumbnail"].endswith("old.webp")
        assert body["thumbnail_status"] == "pending"

    def test_stores_new_content_under_a_new_name(self, api, product):
        first, second = (put(api, png(size=(size, 9))).json()["image"] for size in (8, 9))

        assert first != second

    def test_rejects_a_deleted_product(self, api, product):
        delete_product(product)

        assert put(api, png()).json()["code"] == "deleted"

    def test_is_507_if_the_image_cannot_be_stored(self, api, product, settings):
        settings.MEDIA_ROOT = "/dev/null/nowhere"

        response = put(api, png())

        assert (response.status_code, response.json()["code"]) == (507, "storage-unavailable")
        assert not Product.objects.get().image


class TestDelete:
    def test_removes_the_image_and_its_renditions(self, api, product):
        put(api, png())

        response = api.delete(URL)

        body = api.get("/api/products/blue-mug/").json()
        assert (response.status_code, response.content) == (204, b"")
        assert (body["image"], body["thumbnail"], body["placeholder"]) == (None, None, None)
        assert (body["thumbnail_status"], body["image_width"]) == ("none", None)

    def test_succeeds_without_an_image(self, api, product):
        assert api.delete(URL).status_code == 204

    def test_allows_the_same_image_again(self, api, product):
        put(api, png())
        api.delete(URL)

        body = put(api, png()).json()

        assert body["thumbnail_status"] == "pending"
        assert default_storage.exists(Product.objects.get().image.name)


@pytest.mark.parametrize("method", ["get", "post", "patch"])
def test_other_methods_are_not_allowed(api, product, method: str):
    response = getattr(api, method)(URL)

    assert (response.status_code, response.json()["code"]) == (405, "method-not-allowed")
    assert {"PUT", "DELETE"} <= set(response["Allow"].split(", "))


class TestRetry:
    @pytest.fixture
    def failed(self) -> Product:
        product = make_product(image=upload(png()))
        error = {"code": "broken-image", "detail": "It is broken inside."}
        Product.objects.update(thumbnail_status=ThumbnailStatus.FAILED, thumbnail_error=error)
        return product

    def test_enqueues_the_thumbnail(
        self, api, failed, enqueued, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            response = api.post(f"{URL}retry/")

        body = response.json()
        assert response.status_code == 202
        assert (body["thumbnail_status"], body["thumbnail_error"]) == ("pending", None)
        assert enqueued() == [{"product_id": str(failed.pk)}]

    @pytest.mark.parametrize("status", ["none", "pending", "processing", "ready"])
    def test_rejects_a_thumbnail_that_has_not_failed(self, api, failed, status: str):
        image = "" if status == "none" else failed.image.name
        Product.objects.update(thumbnail_status=status, image=image)

        response = api.post(f"{URL}retry/")

        assert (response.status_code, response.json()["code"]) == (409, "conflict")

    def test_is_not_needed_after_a_new_image(self, api, failed):
        body = put(api, png(size=(9, 9))).json()

        assert (body["thumbnail_status"], body["thumbnail_error"]) == ("pending", None)
