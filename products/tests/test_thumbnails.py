import struct
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
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
    RENDITION_SIZES,
    TOO_SLOW,
    WORKER_LOST,
    RenderTimeout,
    attach_thumbnail,
    claim,
    requeue_overdue,
    save_renditions,
)
from products.tests.factories import make_product
from products.thumbnail_policy import THUMBNAIL_POLICY
from tests.support.images import png, undecodable, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Product:
    return make_product(image=upload(png(size=(900, 600))))


def pass_time(**delta: int) -> None:
    for product in Product.all_objects.exclude(thumbnail_due_at=None):
        product.thumbnail_due_at -= timedelta(**delta)
        product.save(update_fields=["thumbnail_due_at"])


class TestAttachThumbnail:
    def test_records_what_was_rendered(self, product):
        assert attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.READY
        assert set(product.renditions) == {"medium", "large"}
        assert product.placeholder
        with default_storage.open(product.thumbnail.name) as file:
            assert Image.open(file).size == (300, 200)

    def test_is_no_change_by_a_client(self, product):
        attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        assert product.version == 1

    def test_does_nothing_a_second_time(self, product):
        attach_thumbnail(product_id=product.pk)

        assert not attach_thumbnail(product_id=product.pk)

    def test_does_nothing_for_a_product_that_is_gone(self, product):
        product_id = product.pk
        Product.all_objects.filter(pk=product_id).hard_delete()

        assert not attach_thumbnail(product_id=product_id)

    def test_serves_a_deleted_product_which_may_come_back(self, product):
        delete_product(product)

        assert attach_thumbnail(product_id=product.pk)

    def test_touches_no_other_column(self, product):
        claimed = claim(product.pk)
        Product.objects.update(price=99)

        save_renditions(claimed, render_of(claimed))

        product.refresh_from_db()
        assert product.price == 99

    def test_fails_for_good_where_the_picture_is_broken_inside(self, product):
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
    def test_fails_at_once_whatever_the_decoder_raises(self, product, monkeypatch, error):
        def fail(image: Image.Image) -> None:
            raise error

        monkeypatch.setattr(PngImageFile, "load_prepare", fail)

        with pytest.raises(images.InvalidImage):
            attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.FAILED
        assert product.thumbnail_error["code"] == "broken-image"

    def test_tries_again_when_the_time_is_up_in_the_middle_of_decoding(self, product, monkeypatch):
        def interrupt(image: Image.Image) -> None:
            raise TimeUp

        monkeypatch.setattr(PngImageFile, "load_prepare", interrupt)

        fail_with(RenderTimeout, product)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.PENDING

    def test_fails_for_good_where_the_file_is_gone(self, product):
        default_storage.delete(product.image.name)

        for _ in range(THUMBNAIL_POLICY.max_attempts):
            with pytest.raises(FileNotFoundError):
                attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.FAILED
        assert product.thumbnail_error == IMAGE_MISSING

    def test_waits_for_a_file_that_may_come_back(self, product):
        with default_storage.open(product.image.name) as file:
            content = file.read()
        default_storage.delete(product.image.name)
        with pytest.raises(FileNotFoundError):
            attach_thumbnail(product_id=product.pk)

        default_storage.save(product.image.name, ContentFile(content))

        assert attach_thumbnail(product_id=product.pk)

    def test_shows_no_thumbnail_of_the_picture_before_one_that_failed(self, product):
        attach_thumbnail(product_id=product.pk)
        product.refresh_from_db()
        update_product(product, image=upload(undecodable()))

        with pytest.raises(images.InvalidImage):
            attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        assert (product.thumbnail.name, product.renditions, product.placeholder) == ("", {}, None)

    def test_keeps_the_thumbnail_of_the_picture_itself_when_another_recipe_fails(self, product):
        attach_thumbnail(product_id=product.pk)
        Product.objects.update(thumbnail_status=ThumbnailStatus.PENDING, thumbnail_attempts=0)
        default_storage.save(product.image.name, ContentFile(undecodable()))

        with pytest.raises(images.InvalidImage):
            attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        assert product.thumbnail
        assert product.placeholder

    def test_waits_without_end_for_a_slow_storage(self, product, slow_storage):
        for _ in range(THUMBNAIL_POLICY.max_attempts + 1):
            fail_with(TimeUp, product)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.PENDING
        assert product.thumbnail_attempts == 0

    def test_is_tried_again_where_rendering_took_too_long(self, product, slow_rendering):
        fail_with(RenderTimeout, product)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.PENDING
        assert product.thumbnail_attempts == 1

    def test_fails_for_good_where_every_rendering_took_too_long(self, product, slow_rendering):
        for _ in range(THUMBNAIL_POLICY.max_attempts):
            fail_with(RenderTimeout, product)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.FAILED
        assert product.thumbnail_error == TOO_SLOW

    def test_waits_without_end_for_a_storage_that_is_away(self, product, lost_storage):
        for _ in range(THUMBNAIL_POLICY.max_attempts + 1):
            with pytest.raises(StorageUnavailable):
                attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.PENDING
        assert product.thumbnail_attempts == 0

    def test_renders_in_the_format_that_is_set(self, product, settings):
        settings.RENDITION_FORMAT = "AVIF"

        attach_thumbnail(product_id=product.pk)

        product.refresh_from_db()
        names = [product.thumbnail.name, *product.renditions.values()]
        assert {name.rpartition(".")[2] for name in names} == {"avif"}
        for name in names:
            with default_storage.open(name) as file:
                assert Image.open(file).format == "AVIF"


class TimeUp(Exception):
    """What a worker raises when the time is up."""


class SlowStorage(AtomicFileSystemStorage):
    """Takes longer than there is time."""

    def _open(self, name: str, mode: str = "rb") -> File:
        raise TimeUp


class LostStorage(AtomicFileSystemStorage):
    """Is away."""

    def _open(self, name: str, mode: str = "rb") -> File:
        raise StorageUnavailable("It is away.")


def use_storage(settings: Settings, kind: type) -> None:
    path = f"{kind.__module__}.{kind.__qualname__}"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": path}}


@pytest.fixture
def slow_storage(product: Product, settings: Settings) -> None:
    use_storage(settings, SlowStorage)


@pytest.fixture
def lost_storage(product: Product, settings: Settings) -> None:
    use_storage(settings, LostStorage)


@pytest.fixture
def slow_rendering(monkeypatch: pytest.MonkeyPatch) -> None:
    def hesitate(*arguments: object, **options: object) -> None:
        raise TimeUp

    monkeypatch.setattr(Image.Image, "resize", hesitate)


def fail_with(error: type[Exception], product: Product) -> None:
    with pytest.raises(error):
        attach_thumbnail(product_id=product.pk, timeout_error=TimeUp)


def render_of(product: Product) -> images.Renditions:
    with default_storage.open(product.image.name) as file:
        return images.render(BytesIO(file.read()), RENDITION_SIZES)


class TestSaveRenditions:
    def test_never_overwrites_a_newer_picture(self, product):
        old = claim(product.pk)
        update_product(Product.objects.get(), image=upload(png(size=(50, 50))))

        assert not save_renditions(old, render_of(old))

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.PENDING

    def test_is_refused_after_the_lease_went_to_another(self, product):
        slow = claim(product.pk)
        pass_time(minutes=2)
        quick = claim(product.pk)

        assert not save_renditions(slow, render_of(slow))
        assert save_renditions(quick, render_of(quick))


class TestClaim:
    def test_is_given_once(self, product):
        assert claim(product.pk)
        assert claim(product.pk) is None

    def test_is_given_again_when_the_clock_was_set_back(self, product):
        claim(product.pk)
        pass_time(hours=-1)

        assert claim(product.pk)

    def test_is_given_again_when_the_lease_is_over(self, product):
        claim(product.pk)
        pass_time(minutes=2)

        assert claim(product.pk).thumbnail_attempts == 2


class TestRequeueOverdue:
    def test_leaves_alone_what_was_asked_for_just_now(self, product):
        assert requeue_overdue(limit=10) == []

    def test_asks_again_for_what_nobody_started(self, product):
        pass_time(seconds=15)

        assert requeue_overdue(limit=10) == [product.pk]

    def test_gives_the_next_message_time_to_arrive(self, product):
        pass_time(seconds=15)
        requeue_overdue(limit=10)

        assert requeue_overdue(limit=10) == []

    def test_asks_again_for_what_a_killed_worker_left(self, product):
        claim(product.pk)
        pass_time(minutes=2)

        assert requeue_overdue(limit=10) == [product.pk]

    def test_requeues_what_was_due_before_the_clock_was_set_back(self, product):
        pass_time(hours=-1)

        assert requeue_overdue(limit=1) == [product.pk]

    def test_takes_no_more_than_there_is_room_for(self, product):
        pass_time(seconds=15)

        assert requeue_overdue(limit=0) == []

    def test_gives_up_after_three_workers_were_lost(self, product):
        for _ in range(THUMBNAIL_POLICY.max_attempts):
            assert claim(product.pk)
            pass_time(minutes=2)

        assert requeue_overdue(limit=10) == []

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.FAILED
        assert product.thumbnail_error == WORKER_LOST

    def test_is_due_some_time_after_the_picture_came(self, product):
        assert product.thumbnail_due_at > timezone.now()
