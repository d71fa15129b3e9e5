"""Claim, record and requeue thumbnails: the compare-and-set on a product's row."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from core import images
from products.models import Product, ThumbnailStatus
from products.services import update_product
from products.services.thumbnails import (
    RENDITION_SIZES,
    WORKER_LOST,
    claim,
    requeue_overdue,
    retry_thumbnail,
    save_renditions,
)
from products.tests.factories import make_product, shift_deadlines
from products.thumbnail_policy import THUMBNAIL_POLICY
from tests.support.images import png, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Product:
    return make_product(image=upload(png(size=(900, 600))))


def render_of(product: Product) -> images.Renditions:
    with default_storage.open(product.image.name) as file:
        return images.render(BytesIO(file.read()), RENDITION_SIZES)


class TestSaveRenditions:
    def test_writes_no_other_field(self, product):
        claimed = claim(product.pk)
        Product.objects.update(price=99)

        save_renditions(claimed, render_of(claimed))

        product.refresh_from_db()
        assert product.price == 99

    def test_writes_nothing_after_the_image_was_replaced(self, product):
        old = claim(product.pk)
        update_product(Product.objects.get(), image=upload(png(size=(50, 50))))

        assert not save_renditions(old, render_of(old))

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.PENDING

    def test_writes_nothing_after_another_worker_claimed_the_product(self, product):
        slow = claim(product.pk)
        shift_deadlines(minutes=2)
        quick = claim(product.pk)

        assert not save_renditions(slow, render_of(slow))
        assert save_renditions(quick, render_of(quick))


class TestClaim:
    def test_succeeds_once(self, product):
        assert claim(product.pk)
        assert claim(product.pk) is None

    def test_succeeds_again_after_the_clock_was_set_back(self, product):
        claim(product.pk)
        shift_deadlines(hours=-1)

        assert claim(product.pk)

    def test_succeeds_again_after_the_lease(self, product):
        claim(product.pk)
        shift_deadlines(minutes=2)

        assert claim(product.pk).thumbnail_attempts == 2


class TestRequeueOverdue:
    def test_skips_recent_products(self, product):
        assert requeue_overdue(limit=10) == []

    def test_requeues_after_the_pickup_timeout(self, product):
        shift_deadlines(seconds=15)

        assert requeue_overdue(limit=10) == [product.pk]

    def test_skips_products_that_were_just_requeued(self, product):
        shift_deadlines(seconds=15)
        requeue_overdue(limit=10)

        assert requeue_overdue(limit=10) == []

    def test_requeues_after_the_lease_of_a_killed_worker(self, product):
        claim(product.pk)
        shift_deadlines(minutes=2)

        assert requeue_overdue(limit=10) == [product.pk]

    def test_requeues_after_the_clock_was_set_back(self, product):
        shift_deadlines(hours=-1)

        assert requeue_overdue(limit=1) == [product.pk]

    def test_respects_the_limit(self, product):
        shift_deadlines(seconds=15)

        assert requeue_overdue(limit=0) == []

    def test_marks_products_failed_after_the_last_attempt(self, product):
        for _ in range(THUMBNAIL_POLICY.max_attempts):
            assert claim(product.pk)
            shift_deadlines(minutes=2)

        assert requeue_overdue(limit=10) == []

        product.refresh_from_db()
        assert product.thumbnail_status == ThumbnailStatus.FAILED
        assert product.thumbnail_error == WORKER_LOST

    def test_leaves_new_products_their_pickup_timeout(self, product):
        assert product.thumbnail_due_at > timezone.now()


class TestRetryThumbnail:
    def test_resets_the_attempts(self):
        product = make_product(image=upload(png()))
        Product.objects.update(thumbnail_status="failed", thumbnail_attempts=3)
        product.refresh_from_db()

        retry_thumbnail(product)

        assert product.thumbnail_status == ThumbnailStatus.PENDING
        assert product.thumbnail_attempts == 0
