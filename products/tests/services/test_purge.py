from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from categories.models import Category
from categories.services import delete_category
from categories.tests.factories import make_category
from products.models import Product, ProductQuerySet
from products.services import delete_product, restore_product
from products.services.purge import purge_batch
from products.services.thumbnails import attach_thumbnail
from products.tests.factories import make_product
from tests.support.images import png, upload

pytestmark = pytest.mark.django_db


def age(model: type, days: int) -> None:
    long_ago = timezone.now() - timedelta(days=days)
    model.all_objects.deleted().update(deleted_at=long_ago)


def purge() -> str:
    output = StringIO()
    call_command("purge_deleted", stdout=output)
    return output.getvalue().strip()


def expired() -> ProductQuerySet:
    before = timezone.now() - timedelta(days=30)
    return Product.all_objects.deleted().filter(deleted_at__lt=before)


class TestPurgeDeleted:
    def test_deletes_rows_and_files(self, django_capture_on_commit_callbacks):
        product = make_product(image=upload(png()))
        attach_thumbnail(product_id=product.pk)
        product.refresh_from_db()
        delete_product(product)
        age(Product, days=31)

        with django_capture_on_commit_callbacks(execute=True):
            assert purge() == "Removed 1 products.\nRemoved 0 categories."

        names = [product.image.name, product.thumbnail.name, *product.renditions.values()]
        assert not Product.all_objects.exists()
        assert [name for name in names if default_storage.exists(name)] == []

    def test_keeps_a_product_that_was_just_restored(self, django_capture_on_commit_callbacks):
        product = make_product(image=upload(png()))
        delete_product(product)
        restore_product(product)

        with django_capture_on_commit_callbacks(execute=True):
            purge_batch(expired(), [product.pk])

        assert Product.objects.get() == product
        assert default_storage.exists(product.image.name)

    def test_keeps_a_product_that_was_restored_and_deleted_again(self):
        product = make_product()
        delete_product(product)
        age(Product, days=31)
        restore_product(Product.all_objects.get())
        delete_product(Product.objects.get())

        assert purge_batch(expired(), [product.pk]) == 0
        assert Product.all_objects.deleted().exists()

    def test_keeps_live_and_recently_deleted_products(self):
        make_product()
        delete_product(make_product())
        age(Product, days=29)

        purge()

        assert Product.all_objects.count() == 2

    def test_clears_references_to_a_purged_category(self):
        category = make_category("Mugs")
        make_category("Tea", parent=category)
        product = make_product(category=category)
        delete_category(category)
        age(Category, days=31)

        assert purge() == "Removed 0 products.\nRemoved 1 categories."

        product.refresh_from_db()
        assert product.category is None
        assert Category.objects.get().parent is None
