import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from core.images import UnusableImage
from core.tests.pictures import png, undecodable, upload
from products import tasks
from products.models import Product, ThumbnailStatus
from products.tests.factories import make_product
from products.tests.test_thumbnails import pass_time

pytestmark = pytest.mark.django_db


@pytest.fixture
def overdue() -> Product:
    product = make_product(image=upload(png((900, 600))))
    pass_time(seconds=15)
    return product


class TestGenerateThumbnail:
    def test_gives_the_product_its_thumbnail(self, overdue):
        tasks.generate_thumbnail(product_id=str(overdue.pk))

        overdue.refresh_from_db()
        assert overdue.thumbnail_status == ThumbnailStatus.READY

    def test_fails_where_the_picture_does_so_that_whoever_looks_on_knows(self, overdue, caplog):
        default_storage.save(overdue.image.name, ContentFile(undecodable()))

        result = tasks.generate_thumbnail.apply(kwargs={"product_id": str(overdue.pk)})

        assert result.state == "FAILURE"
        assert isinstance(result.result, UnusableImage)
        assert "Traceback" not in caplog.text

    def test_gives_a_picture_back_when_the_time_is_up(self, overdue, monkeypatch):
        def hesitate(*arguments: object, **options: object) -> None:
            raise SoftTimeLimitExceeded

        monkeypatch.setattr(Image.Image, "resize", hesitate)

        result = tasks.generate_thumbnail.apply(kwargs={"product_id": str(overdue.pk)})

        overdue.refresh_from_db()
        assert result.state == "FAILURE"
        assert overdue.thumbnail_status == ThumbnailStatus.PENDING
        assert overdue.thumbnail_attempts == 1


class TestSweepThumbnails:
    def test_asks_again_for_what_is_overdue(self, overdue, enqueued):
        tasks.sweep_thumbnails()

        assert enqueued() == [{"product_id": str(overdue.pk)}]

    def test_makes_no_long_queue_longer(self, overdue, enqueued, monkeypatch):
        monkeypatch.setattr(tasks, "QUEUE_LENGTH", 1)
        tasks.generate_thumbnail.delay(product_id="waiting")

        tasks.sweep_thumbnails()

        assert enqueued() == [{"product_id": "waiting"}]
