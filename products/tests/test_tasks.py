import pytest

from core.tests.pictures import png, upload
from products import tasks
from products.models import Product, ThumbnailStatus
from products.tests.factories import make_product
from products.tests.test_thumbnails import pass_time

pytestmark = pytest.mark.django_db


@pytest.fixture
def overdue() -> Product:
    product = make_product(image=upload(png()))
    pass_time(seconds=15)
    return product


class TestGenerateThumbnail:
    def test_gives_the_product_its_thumbnail(self, overdue):
        tasks.generate_thumbnail(product_id=str(overdue.pk))

        overdue.refresh_from_db()
        assert overdue.thumbnail_status == ThumbnailStatus.READY


class TestSweepThumbnails:
    def test_asks_again_for_what_is_overdue(self, overdue, enqueued):
        tasks.sweep_thumbnails()

        assert enqueued() == [{"product_id": str(overdue.pk)}]

    def test_makes_no_long_queue_longer(self, overdue, enqueued, monkeypatch):
        monkeypatch.setattr(tasks, "QUEUE_LENGTH", 1)
        tasks.generate_thumbnail.delay(product_id="waiting")

        tasks.sweep_thumbnails()

        assert enqueued() == [{"product_id": "waiting"}]
