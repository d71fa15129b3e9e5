from io import StringIO

import pytest
from django.core.management import call_command

from core import images
from core.tests.pictures import png, upload
from products.models import Product, ThumbnailStatus
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


def backfill() -> str:
    output = StringIO()
    call_command("backfill_thumbnails", "--batch", "2", stdout=output)
    return output.getvalue().splitlines()[-1]


class TestBackfillThumbnails:
    def test_asks_for_nothing_while_the_recipe_is_the_same(self, rendered):
        assert backfill() == "0 products will have new thumbnails."

    def test_asks_for_all_that_another_recipe_made(self, rendered, monkeypatch):
        monkeypatch.setattr(images, "RECIPE", "next")

        assert backfill() == "3 products will have new thumbnails."
        assert len(reclaim_overdue(limit=10)) == 3

    def test_keeps_the_old_one_visible_until_the_new_one_is_there(self, rendered, monkeypatch):
        old = rendered[0].thumbnail.name
        monkeypatch.setattr(images, "RECIPE", "next")
        backfill()

        waiting = Product.objects.get(pk=rendered[0].pk)
        attach_thumbnail(product_id=waiting.pk)
        done = Product.objects.get(pk=rendered[0].pk)

        assert (waiting.thumbnail_status, waiting.thumbnail.name) == ("pending", old)
        assert done.thumbnail_status == ThumbnailStatus.READY
        assert done.thumbnail.name != old

    def test_goes_on_where_it_was_stopped(self, rendered, monkeypatch):
        monkeypatch.setattr(images, "RECIPE", "next")
        attach_thumbnail_again(rendered[0])

        assert backfill() == "2 products will have new thumbnails."


def attach_thumbnail_again(product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(thumbnail_status=ThumbnailStatus.PENDING)
    attach_thumbnail(product_id=product.pk)
