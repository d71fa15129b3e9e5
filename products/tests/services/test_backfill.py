from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from core import images
from products.management.commands import backfill_thumbnails
from products.models import Product, ThumbnailStatus
from products.services.backfill import enqueue_outdated
from products.services.thumbnails import attach_thumbnail, rendition_suffix, requeue_overdue
from products.tests.factories import make_product
from tests.support.images import png, undecodable, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def rendered() -> list[Product]:
    products = [make_product(image=upload(png())) for _ in range(3)]
    for product in products:
        attach_thumbnail(product_id=product.pk)
        product.refresh_from_db()
    return products


@pytest.fixture
def outcomes(monkeypatch) -> list[str]:
    """Render pending products while the command waits, and return the outcomes in order."""
    done: list[str] = []

    def render_next(seconds: float) -> None:
        product = Product.all_objects.filter(thumbnail_status=ThumbnailStatus.PENDING).first()
        try:
            attach_thumbnail(product_id=product.pk)
            done.append("ready")
        except images.InvalidImage:
            done.append("failed")

    monkeypatch.setattr(backfill_thumbnails, "sleep", render_next)
    return done


def backfill(*options: str) -> list[str]:
    output = StringIO()
    call_command("backfill_thumbnails", *options, stdout=output)
    return output.getvalue().splitlines()


def is_up_to_date(product: Product) -> bool:
    product.refresh_from_db()
    suffix = rendition_suffix("thumbnail")
    return product.thumbnail_status == "ready" and product.thumbnail.name.endswith(suffix)


class TestBackfillThumbnails:
    def test_enqueues_nothing_for_the_same_rendition_version(self, rendered, outcomes):
        assert backfill()[-1] == "0 thumbnails are new, 0 could not be made."
        assert outcomes == []

    def test_renews_thumbnails_of_another_rendition_version(self, rendered, outcomes, monkeypatch):
        monkeypatch.setattr(images, "RENDITION_VERSION", "next")

        assert backfill()[-1] == "3 thumbnails are new, 0 could not be made."
        assert outcomes == ["ready"] * 3
        assert all(map(is_up_to_date, rendered))

    def test_renews_thumbnails_of_another_format(self, rendered, outcomes, settings):
        settings.RENDITION_FORMAT = "AVIF"
        backfill()

        assert all(map(is_up_to_date, rendered))

    def test_shows_the_progress(self, rendered, outcomes, monkeypatch):
        monkeypatch.setattr(images, "RENDITION_VERSION", "next")

        bars = [line.split() for line in backfill()[:-1]]

        assert [shown for _, shown in bars] == ["0/3", "1/3", "2/3", "3/3"]
        assert bars[1][0] == f"[{'#' * 13}{'.' * 27}]"

    def test_enqueues_no_more_than_a_batch(self, rendered, outcomes, monkeypatch):
        monkeypatch.setattr(images, "RENDITION_VERSION", "next")
        backlogs = []

        def record_backlog(*args: object) -> None:
            backlogs.append(count_pending())

        monkeypatch.setattr(backfill_thumbnails.Command, "print_progress", record_backlog)

        backfill("--batch", "1")

        assert max(backlogs) == 1

    def test_ignores_products_without_a_thumbnail(self, rendered, outcomes, monkeypatch):
        make_product(image=upload(png()))
        monkeypatch.setattr(images, "RENDITION_VERSION", "next")

        assert backfill()[-1] == "3 thumbnails are new, 0 could not be made."

    def test_resumes_after_an_interruption(self, rendered, outcomes, monkeypatch):
        monkeypatch.setattr(images, "RENDITION_VERSION", "next")
        next(enqueue_outdated(batch_size=1))

        assert backfill()[-1] == "3 thumbnails are new, 0 could not be made."
        assert outcomes == ["ready"] * 3

    def test_reports_failures_and_retries_them(self, rendered, outcomes, monkeypatch):
        image, content = rendered[0].image.name, png((900, 600))
        default_storage.save(image, ContentFile(undecodable()))
        monkeypatch.setattr(images, "RENDITION_VERSION", "next")

        assert backfill()[-1] == "2 thumbnails are new, 1 could not be made."

        default_storage.save(image, ContentFile(content))
        assert backfill()[-1] == "1 thumbnails are new, 0 could not be made."
        assert is_up_to_date(rendered[0])

    def test_keeps_the_previous_thumbnail_visible(self, rendered, monkeypatch):
        old = rendered[0].thumbnail.name
        monkeypatch.setattr(images, "RENDITION_VERSION", "next")
        list(enqueue_outdated(batch_size=5))

        waiting = Product.objects.get(pk=rendered[0].pk)
        attach_thumbnail(product_id=waiting.pk)
        done = Product.objects.get(pk=rendered[0].pk)

        assert (waiting.thumbnail_status, waiting.thumbnail.name) == ("pending", old)
        assert done.thumbnail_status == ThumbnailStatus.READY
        assert done.thumbnail.name != old

    def test_makes_products_overdue_at_once(self, rendered, monkeypatch):
        monkeypatch.setattr(images, "RENDITION_VERSION", "next")
        list(enqueue_outdated(batch_size=5))

        assert len(requeue_overdue(limit=10)) == 3


def count_pending() -> int:
    return Product.all_objects.filter(thumbnail_status=ThumbnailStatus.PENDING).count()
