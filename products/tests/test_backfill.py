from io import StringIO

import pytest
from django.core.management import call_command

from core import images
from core.tests.pictures import png, upload
from products.management.commands import backfill_thumbnails
from products.models import Product, ThumbnailStatus
from products.services.backfill import ask_for_outdated
from products.services.thumbnails import attach_thumbnail, reclaim_overdue
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def rendered() -> list[Product]:
    products = [make_product(image=upload(png())) for _ in range(3)]
    for product in products:
        attach_thumbnail(product_id=product.pk)
        product.refresh_from_db()
    return products


def backfill(*options: str) -> list[str]:
    output = StringIO()
    call_command("backfill_thumbnails", "--batch", "2", *options, stdout=output)
    return output.getvalue().splitlines()


def asked(count: int) -> list[str]:
    return [f"{count} products will have new thumbnails."]


class TestBackfillThumbnails:
    def test_asks_for_nothing_while_the_recipe_is_the_same(self, rendered):
        assert backfill("--no-wait") == asked(0)

    def test_asks_for_all_that_another_recipe_made(self, rendered, monkeypatch):
        monkeypatch.setattr(images, "RECIPE", "next")

        assert backfill("--no-wait") == asked(3)
        assert len(reclaim_overdue(limit=10)) == 3

    def test_keeps_the_old_one_visible_until_the_new_one_is_there(self, rendered, monkeypatch):
        old = rendered[0].thumbnail.name
        monkeypatch.setattr(images, "RECIPE", "next")
        backfill("--no-wait")

        waiting = Product.objects.get(pk=rendered[0].pk)
        attach_thumbnail(product_id=waiting.pk)
        done = Product.objects.get(pk=rendered[0].pk)

        assert (waiting.thumbnail_status, waiting.thumbnail.name) == ("pending", old)
        assert done.thumbnail_status == ThumbnailStatus.READY
        assert done.thumbnail.name != old

    def test_goes_on_where_it_was_stopped(self, rendered, monkeypatch):
        monkeypatch.setattr(images, "RECIPE", "next")
        next(ask_for_outdated(batch=1))

        assert backfill("--no-wait") == asked(2)

    def test_asks_again_in_another_format(self, rendered, settings):
        settings.RENDITION_FORMAT = "AVIF"

        assert backfill("--no-wait") == asked(3)

    def test_leaves_pictures_alone_that_have_no_thumbnail_yet(self, rendered, monkeypatch):
        make_product(image=upload(png()))
        monkeypatch.setattr(images, "RECIPE", "next")

        assert backfill("--no-wait") == asked(3)

    def test_shows_how_far_the_worker_is(self, rendered, monkeypatch):
        monkeypatch.setattr(images, "RECIPE", "next")
        waiting = [product.pk for product in rendered]

        def work(seconds: float) -> None:
            attach_thumbnail(product_id=waiting.pop())

        monkeypatch.setattr(backfill_thumbnails, "sleep", work)

        said = backfill()

        assert said[0] == "3 products will have new thumbnails."
        assert [line.split()[-1] for line in said[1:]] == ["0/3", "1/3", "2/3", "3/3"]

    def test_counts_what_was_asked_for_before(self, rendered, monkeypatch):
        monkeypatch.setattr(images, "RECIPE", "next")
        backfill("--no-wait")
        waiting = [product.pk for product in rendered]

        def work(seconds: float) -> None:
            while waiting:
                attach_thumbnail(product_id=waiting.pop())

        monkeypatch.setattr(backfill_thumbnails, "sleep", work)

        assert [line.split()[-1] for line in backfill()[1:]] == ["0/3", "3/3"]
