import logging

import pytest
from celery import Task
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image
from pytest_django import Settings

from core.health.heartbeat import is_worker_alive
from core.images import InvalidImage
from products import tasks
from products.models import Product, ThumbnailStatus
from products.tests.factories import make_product, shift_deadlines
from tests.support.images import png, undecodable, upload

pytestmark = pytest.mark.django_db


def is_task(value: object) -> bool:
    return isinstance(value, Task)


@pytest.fixture
def overdue() -> Product:
    product = make_product(image=upload(png((900, 600))))
    shift_deadlines(seconds=15)
    return product


class TestGenerateThumbnail:
    def test_attaches_the_thumbnail(self, overdue):
        tasks.generate_thumbnail(product_id=str(overdue.pk))

        overdue.refresh_from_db()
        assert overdue.thumbnail_status == ThumbnailStatus.READY

    def test_fails_without_a_traceback_for_an_invalid_image(self, overdue, caplog):
        default_storage.save(overdue.image.name, ContentFile(undecodable()))

        result = tasks.generate_thumbnail.apply(kwargs={"product_id": str(overdue.pk)})

        assert result.state == "FAILURE"
        assert isinstance(result.result, InvalidImage)
        assert "Traceback" not in caplog.text

    def test_releases_the_product_at_the_soft_time_limit(self, overdue, monkeypatch):
        def interrupt(*arguments: object, **options: object) -> None:
            raise SoftTimeLimitExceeded

        monkeypatch.setattr(Image.Image, "resize", interrupt)

        result = tasks.generate_thumbnail.apply(kwargs={"product_id": str(overdue.pk)})

        overdue.refresh_from_db()
        assert result.state == "FAILURE"
        assert overdue.thumbnail_status == ThumbnailStatus.PENDING
        assert overdue.thumbnail_attempts == 1


class TestSweepThumbnails:
    def test_requeues_overdue_products(self, overdue, enqueued):
        tasks.sweep_thumbnails()

        assert enqueued("retries") == [{"product_id": str(overdue.pk)}]

    def test_adds_nothing_to_a_long_queue(self, overdue, enqueued, monkeypatch):
        monkeypatch.setattr(tasks, "MAX_BACKLOG", 1)
        waiting = {"product_id": "waiting"}
        tasks.generate_thumbnail.apply_async(kwargs=waiting, queue=tasks.RETRY_QUEUE)

        tasks.sweep_thumbnails()

        assert enqueued("retries") == [waiting]

    def test_ignores_the_length_of_the_queue_of_new_images(self, overdue, enqueued, monkeypatch):
        monkeypatch.setattr(tasks, "MAX_BACKLOG", 1)
        tasks.generate_thumbnail.delay(product_id="new")

        tasks.sweep_thumbnails()

        assert enqueued("retries") == [{"product_id": str(overdue.pk)}]
        assert enqueued() == [{"product_id": "new"}]

    def test_records_the_heartbeat(self):
        assert not is_worker_alive()

        tasks.sweep_thumbnails()

        assert is_worker_alive()


class TestCollectMedia:
    def test_deletes_orphans(self, settings, tmp_path, caplog):
        settings.MEDIA_ROOT, settings.MEDIA_GRACE_HOURS = str(tmp_path), 0
        default_storage.save("products/ab/nobodys.png", ContentFile(b"x"))

        with caplog.at_level(logging.INFO):
            tasks.collect_media()

        assert not default_storage.exists("products/ab/nobodys.png")
        assert "1 orphans removed, 0 files missing." in caplog.text

    def test_logs_missing_files(self, settings, tmp_path, caplog):
        settings.MEDIA_ROOT = str(tmp_path)
        product = make_product(image=upload(png()))
        default_storage.delete(product.image.name)

        tasks.collect_media()

        assert f"The file {product.image.name} of product {product.pk} is missing." in caplog.text


class TestTasks:
    @pytest.mark.parametrize("task", [task for task in vars(tasks).values() if is_task(task)])
    def test_end_long_before_the_visibility_timeout(self, task, settings):
        visibility = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]

        assert not task.acks_late or visibility >= 3 * task_limit(task, settings)


def task_limit(task: Task, settings: Settings) -> int:
    return task.time_limit or settings.CELERY_TASK_TIME_LIMIT
