"""The life cycle of an image with media in a bucket: nothing in the code needs a folder."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO, StringIO
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from core.errors import StorageUnavailable
from core.health import checks
from core.health.checks import Check
from core.storage.s3 import S3MediaStorage
from products.models import Product, ThumbnailStatus
from products.services import delete_product, update_product
from products.services.thumbnails import attach_thumbnail
from products.tests.factories import make_product
from tests.support.images import jpeg, png, upload
from tests.support.servers.buckets import CREDENTIALS, create_bucket, use_s3_storage
from tests.support.servers.ports import unused_port

pytestmark = pytest.mark.django_db

IMAGE = jpeg(size=(900, 600))


@pytest.fixture(autouse=True)
def bucket(settings, s3_server: str) -> None:
    settings.MEDIA_ROOT = "/proc/nothing-can-be-written-here"
    use_s3_storage(settings, create_bucket(s3_server))


@pytest.fixture
def product() -> Product:
    product = make_product(image=upload(IMAGE))
    attach_thumbnail(product_id=product.pk)
    product.refresh_from_db()
    return product


@pytest.fixture
def unavailable(settings) -> Iterator[None]:
    url = f"http://127.0.0.1:{unused_port()}"
    use_s3_storage(settings, CREDENTIALS | {"bucket_name": "media", "endpoint_url": url})


def file_names(product: Product) -> list[str]:
    return [product.image.name, product.thumbnail.name, *product.renditions.values()]


def collect(*options: str) -> list[str]:
    output = StringIO()
    call_command("collect_media", *options, stdout=output)
    return output.getvalue().splitlines()


class TestImage:
    def test_is_stored_in_the_bucket(self, product):
        assert isinstance(default_storage._wrapped, S3MediaStorage)
        assert all(default_storage.exists(name) for name in file_names(product))

    def test_is_uploaded_and_served_over_http(self, api):
        form = {"name": "Mug", "price": "1.00", "image": upload(IMAGE)}
        created = api.post("/api/products/", form, format="multipart").json()
        attach_thumbnail(product_id=created["id"])

        shown = api.get("/api/products/mug/").json()

        assert shown["thumbnail_status"] == "ready"
        for url in (shown["thumbnail"], *shown["renditions"].values()):
            response = api.get(urlsplit(url).path)
            assert response["Content-Type"] == "image/webp"
            assert Image.open(BytesIO(response.getvalue())).format == "WEBP"
        assert api.get(urlsplit(shown["image"]).path).getvalue() == IMAGE

    def test_is_served_whole_if_a_range_is_requested(self, api, product):
        response = api.get(f"/media/{product.image.name}", headers={"Range": "bytes=2-9"})

        assert (response.status_code, response.getvalue()) == (200, IMAGE)

    def test_is_304_for_a_matching_tag(self, api, product):
        tag = api.get(f"/media/{product.image.name}")["ETag"]

        again = api.get(f"/media/{product.image.name}", headers={"If-None-Match": tag})

        assert again.status_code == 304

    def test_leaves_no_files_behind_when_it_is_replaced(self, product):
        before = file_names(product)
        update_product(product, image=upload(png()))
        attach_thumbnail(product_id=product.pk)

        collect("--grace-hours", "0")

        product.refresh_from_db()
        assert not any(default_storage.exists(name) for name in before)
        assert all(default_storage.exists(name) for name in file_names(product))

    def test_is_reported_as_missing_once_its_file_is_lost(self, product):
        default_storage.delete(product.thumbnail.name)

        assert collect()[0] == f"missing {product.thumbnail.name} of product {product.pk}"

    def test_is_deleted_with_its_product(self, product, django_capture_on_commit_callbacks):
        delete_product(product)
        long_ago = timezone.now() - timedelta(days=31)
        Product.all_objects.update(deleted_at=long_ago)

        with django_capture_on_commit_callbacks(execute=True):
            call_command("purge_deleted", stdout=StringIO())

        assert not any(default_storage.exists(name) for name in file_names(product))


class TestUnavailableBucket:
    def test_is_507_and_no_row(self, api, unavailable):
        form = {"name": "Mug", "price": "1.00", "image": upload(IMAGE)}

        response = api.post("/api/products/", form, format="multipart")

        assert (response.status_code, response.json()["code"]) == (507, "storage-unavailable")
        assert not Product.all_objects.exists()

    def test_does_not_prevent_a_product_without_an_image(self, api, unavailable):
        assert api.post("/api/products/", {"name": "Mug", "price": "1.00"}).status_code == 201

    def test_is_503_for_a_get_of_an_image(self, api, product, unavailable):
        response = api.get(f"/media/{product.image.name}")

        assert (response.status_code, response["Retry-After"]) == (503, "2")
        assert response["Cache-Control"] == "no-store"

    def test_leaves_thumbnails_pending(self, product, unavailable):
        Product.objects.update(thumbnail_status=ThumbnailStatus.PENDING, thumbnail_attempts=0)

        with pytest.raises(StorageUnavailable):
            attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.PENDING
        assert product.thumbnail_attempts == 0

    def test_does_not_stop_a_purge(self, product, unavailable, django_capture_on_commit_callbacks):
        delete_product(product)
        Product.all_objects.update(deleted_at=timezone.now() - timedelta(days=31))

        with django_capture_on_commit_callbacks(execute=True):
            call_command("purge_deleted", stdout=StringIO())

        assert not Product.all_objects.exists()

    def test_is_an_error_in_the_health_report(self, unavailable, monkeypatch):
        monkeypatch.setitem(checks.CHECKS, "media", Check(checks.media))  # knows no success

        assert checks.run_checks()["checks"]["media"]["status"] == "error"
