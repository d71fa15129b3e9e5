import struct

import pytest
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image
from PIL.PngImagePlugin import PngImageFile
from pytest_django import Settings

from core import images
from core.errors import StorageUnavailable
from core.storage.filesystem import AtomicFileSystemStorage
from products.models import Product, ThumbnailStatus
from products.services import delete_product, update_product
from products.services.thumbnails import (
    IMAGE_MISSING,
    TOO_SLOW,
    RenderTimeout,
    attach_thumbnail,
)
from products.tests.factories import make_product
from products.thumbnail_policy import THUMBNAIL_POLICY
from tests.support.images import png, undecodable, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Product:
    return make_product(image=upload(png(size=(900, 600))))


class TestAttachThumbnail:
    def test_records_the_renditions(self, product):
        assert attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.READY
        assert set(product.renditions) == {"medium", "large"}
        assert product.placeholder
        with default_storage.open(product.thumbnail.name) as file:
            assert Image.open(file).size == (300, 200)

    def test_keeps_the_version(self, product):
        attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        assert product.version == 1

    def test_returns_false_the_second_time(self, product):
        attach_thumbnail(product_id=product.pk)

        assert not attach_thumbnail(product_id=product.pk)

    def test_returns_false_for_a_hard_deleted_product(self, product):
        product_id = product.pk
        Product.all_objects.filter(pk=product_id).hard_delete()

        assert not attach_thumbnail(product_id=product_id)

    def test_renders_for_a_deleted_product(self, product):
        delete_product(product)

        assert attach_thumbnail(product_id=product.pk)

    def test_marks_a_damaged_image_failed(self, product):
        with default_storage.open(product.image.name) as file:
            content = bytearray(file.read())
        content[60:90] = bytes(30)
        default_storage.save(product.image.name, ContentFile(bytes(content)))

        with pytest.raises(images.InvalidImage):
            attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.FAILED
        assert product.thumbnail_error["code"] == "broken-image"
        assert product.thumbnail_error["detail"]

    @pytest.mark.parametrize(
        "error", [AssertionError, struct.error, KeyError, RecursionError, SystemError, EOFError]
    )
    def test_marks_an_image_failed_for_any_decoder_error(self, product, monkeypatch, error):
        def fail(image: Image.Image) -> None:
            raise error

        monkeypatch.setattr(PngImageFile, "load_prepare", fail)

        with pytest.raises(images.InvalidImage):
            attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.FAILED
        assert product.thumbnail_error["code"] == "broken-image"

    def test_retries_after_a_timeout_while_decoding(self, product, monkeypatch):
        def interrupt(image: Image.Image) -> None:
            raise TimeUp

        monkeypatch.setattr(PngImageFile, "load_prepare", interrupt)

        fail_with(RenderTimeout, product)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.PENDING

    def test_marks_a_missing_image_failed_after_the_last_attempt(self, product):
        default_storage.delete(product.image.name)

        for _ in range(THUMBNAIL_POLICY.max_attempts):
            with pytest.raises(FileNotFoundError):
                attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.FAILED
        assert product.thumbnail_error == IMAGE_MISSING

    def test_retries_a_missing_image(self, product):
        with default_storage.open(product.image.name) as file:
            content = file.read()
        default_storage.delete(product.image.name)
        with pytest.raises(FileNotFoundError):
            attach_thumbnail(product_id=product.pk)

        default_storage.save(product.image.name, ContentFile(content))

        assert attach_thumbnail(product_id=product.pk)

    def test_clears_the_thumbnail_of_the_previous_image_on_failure(self, product):
        attach_thumbnail(product_id=product.pk)
        product.refresh_from_db()
        update_product(product, image=upload(undecodable()))

        with pytest.raises(images.InvalidImage):
            attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        assert (product.thumbnail.name, product.renditions, product.placeholder) == ("", {}, None)

    def test_keeps_the_thumbnail_of_the_same_image_on_failure(self, product):
        attach_thumbnail(product_id=product.pk)
        Product.objects.update(thumbnail_status=ThumbnailStatus.PENDING, thumbnail_attempts=0)
        default_storage.save(product.image.name, ContentFile(undecodable()))

        with pytest.raises(images.InvalidImage):
            attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        assert product.thumbnail
        assert product.placeholder

    def test_retries_slow_storage_without_limit(self, product, slow_storage):
        for _ in range(THUMBNAIL_POLICY.max_attempts + 1):
            fail_with(TimeUp, product)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.PENDING
        assert product.thumbnail_attempts == 0

    def test_retries_a_slow_rendering(self, product, slow_rendering):
        fail_with(RenderTimeout, product)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.PENDING
        assert product.thumbnail_attempts == 1

    def test_marks_an_image_failed_after_the_last_slow_rendering(self, product, slow_rendering):
        for _ in range(THUMBNAIL_POLICY.max_attempts):
            fail_with(RenderTimeout, product)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.FAILED
        assert product.thumbnail_error == TOO_SLOW

    def test_retries_unavailable_storage_without_limit(self, product, unavailable_storage):
        for _ in range(THUMBNAIL_POLICY.max_attempts + 1):
            with pytest.raises(StorageUnavailable):
                attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.PENDING
        assert product.thumbnail_attempts == 0

    def test_renders_in_the_configured_format(self, product, settings):
        settings.RENDITION_FORMAT = "AVIF"

        attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        names = [product.thumbnail.name, *product.renditions.values()]
        assert {name.rpartition(".")[2] for name in names} == {"avif"}
        for name in names:
            with default_storage.open(name) as file:
                assert Image.open(file).format == "AVIF"


class TimeUp(Exception):
    """Stands for Celery's soft time limit."""


class SlowStorage(AtomicFileSystemStorage):
    """Storage that takes longer than the time limit."""

    def _open(self, name: str, mode: str = "rb") -> File:
        raise TimeUp


class UnavailableStorage(AtomicFileSystemStorage):
    """Storage that is unavailable."""

    def _open(self, name: str, mode: str = "rb") -> File:
        raise StorageUnavailable("It is unavailable.")


def use_storage(settings: Settings, storage: type) -> None:
    path = f"{storage.__module__}.{storage.__qualname__}"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": path}}


@pytest.fixture
def slow_storage(product: Product, settings: Settings) -> None:
    use_storage(settings, SlowStorage)


@pytest.fixture
def unavailable_storage(product: Product, settings: Settings) -> None:
    use_storage(settings, UnavailableStorage)


@pytest.fixture
def slow_rendering(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: object, **options: object) -> None:
        raise TimeUp

    monkeypatch.setattr(Image.Image, "resize", interrupt)


def fail_with(error: type[Exception], product: Product) -> None:
    with pytest.raises(error):
        attach_thumbnail(product_id=product.pk, timeout_error=TimeUp)
