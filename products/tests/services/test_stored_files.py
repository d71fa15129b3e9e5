"""A rejected write leaves no file, and a failed storage no row."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from categories.services import delete_category
from categories.tests.factories import make_category
from core.errors import ThumbnailNotFailed
from core.models import OrphanedFile
from products.models import Product
from products.services import retry_thumbnail, update_product
from products.services.garbage_collection import delete_orphan
from products.tests.factories import make_product
from tests.support.images import png, upload

pytestmark = pytest.mark.django_db

PRODUCTS = "/api/products/"


def files() -> set[Path]:
    return {path for path in Path(settings.MEDIA_ROOT, "products").rglob("*") if path.is_file()}


@pytest.fixture
def send_rejected(api, tmp_path, settings) -> Callable[..., None]:
    """Send an image in a request that is rejected, and check that no file was stored."""
    settings.MEDIA_ROOT = str(tmp_path)

    def send(method: str, url: str, status: int, headers: Any = None, **fields: Any) -> None:
        before = files()
        body = {"image": upload(png(size=(9, 7))), **fields}
        send = getattr(api, method)
        response = send(url, body, format="multipart", headers=headers or {})
        assert response.status_code == status, response.content
        assert files() == before

    return send


class TestRejectedWrite:
    def test_stores_no_file_for_a_taken_sku(self, send_rejected):
        make_product(sku="M-1")

        for _ in range(10):
            send_rejected("post", PRODUCTS, 409, name="Mug", price="1", sku="M-1")

    def test_stores_no_file_for_a_taken_slug(self, send_rejected):
        make_product(slug="mug")

        send_rejected("post", PRODUCTS, 409, name="Mug", price="1", slug="mug")

    def test_stores_no_file_for_an_unknown_category(self, send_rejected):
        delete_category(make_category("Mugs"))

        send_rejected("post", PRODUCTS, 400, name="Mug", price="1", category="mugs")

    @pytest.mark.parametrize("method", ["put", "patch"])
    def test_stores_no_file_for_a_rejected_update(self, send_rejected, method: str):
        product = make_product(slug="mug")
        make_product(slug="cup", sku="C-1")
        url, body = f"{PRODUCTS}{product.pk}/", {"name": "Mug", "price": "1"}

        send_rejected(method, url, 409, **body, slug="cup")
        send_rejected(method, url, 409, **body, sku="C-1")
        send_rejected(method, url, 412, {"If-Match": '"9"'}, **body)
        send_rejected(method, url, 400, **body, category="nowhere")

    def test_stores_no_file_for_raw_bytes(self, api, send_rejected):
        make_product(slug="mug")
        before = files()

        response = api.put(
            f"{PRODUCTS}mug/image/", png(), content_type="image/png", headers={"If-Match": '"9"'}
        )

        assert (response.status_code, files()) == (412, before)

    def test_keeps_referenced_files(self, send_rejected, api):
        product = make_product(slug="mug", image=upload(png(size=(9, 7))))
        stored = files()

        send_rejected("patch", f"{PRODUCTS}{product.pk}/", 412, {"If-Match": '"9"'})

        assert files() == stored != set()


class TestFailedStorage:
    def test_creates_no_row(self, api, settings):
        settings.MEDIA_ROOT = "/dev/null/nowhere"

        body = {"name": "Mug", "price": "1", "image": upload(png())}
        response = api.post(PRODUCTS, body, format="multipart")

        assert response.status_code == 507
        assert not Product.all_objects.exists()

    def test_keeps_the_previous_image(self, api, settings):
        product = make_product(slug="mug", image=upload(png()), stock=3)
        settings.MEDIA_ROOT = "/dev/null/nowhere"

        body = {"image": upload(png(size=(9, 7))), "stock": "7"}
        response = api.patch(f"{PRODUCTS}mug/", body, format="multipart")

        found = Product.objects.get()
        assert response.status_code == 507
        assert (found.image.name, found.stock) == (product.image.name, 3)


class TestDeleteOrphan:
    """Orphans are checked again under the product's lock."""

    @pytest.fixture
    def orphan(self) -> str:
        """Return the file of an image that was replaced long ago."""
        product = make_product(slug="mug", image=upload(png()))
        name = product.image.name
        update_product(product, image=upload(png(size=(9, 7))))
        os.utime(default_storage.path(name), (0, 0))
        return name

    def test_deletes_an_orphan(self, orphan):
        assert delete_orphan(orphan, timezone.now())
        assert not default_storage.exists(orphan)

    def test_keeps_an_image_that_was_uploaded_again(self, orphan):
        update_product(Product.objects.get(), image=upload(png()))
        os.utime(default_storage.path(orphan), (0, 0))

        assert not delete_orphan(orphan, timezone.now())
        assert default_storage.exists(orphan)

    def test_keeps_a_file_that_was_written_again(self, orphan):
        os.utime(default_storage.path(orphan))

        assert not delete_orphan(orphan, timezone.now() - timedelta(hours=1))

    def test_applies_to_the_current_row_not_the_one_that_was_read(self):
        read = make_product(slug="mug", image=upload(png()))
        update_product(Product.objects.get(), image=upload(png(size=(9, 7))))
        second = Product.objects.get().image.name

        update_product(read, image=upload(png(size=(5, 5))))

        assert second in OrphanedFile.objects.values_list("name", flat=True)


class TestRetryThumbnail:
    def test_rejects_a_product_that_was_retried_meanwhile(self):
        product = make_product(image=upload(png()))
        Product.objects.update(thumbnail_status="failed")
        first, second = Product.objects.get(), Product.objects.get(pk=product.pk)
        retry_thumbnail(first)

        with pytest.raises(ThumbnailNotFailed):
            retry_thumbnail(second)
