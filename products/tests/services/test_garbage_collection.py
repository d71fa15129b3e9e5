import os
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from core.images import InvalidImage
from core.models import OrphanedFile
from products.models import Product
from products.services import delete_product, update_product
from products.services.backfill import enqueue_outdated
from products.services.garbage_collection import delete_orphans
from products.services.thumbnails import attach_thumbnail
from products.tests.factories import make_product
from tests.support.images import png, undecodable, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def product() -> Product:
    return make_product(image=upload(png()))


def age(name: str) -> None:
    """Set the modification time of a file to long ago."""
    os.utime(default_storage.path(name), (0, 0))


def collect(*options: str) -> list[str]:
    output = StringIO()
    call_command("collect_media", *options, stdout=output)
    return output.getvalue().splitlines()


class TestCollectMedia:
    def test_deletes_a_replaced_image(self):
        product = make_product(image=upload(png()))
        attach_thumbnail(product_id=product.pk)
        product.refresh_from_db()
        old = product.image.name
        update_product(product, image=upload(png(size=(9, 9))))

        assert collect("--grace-hours", "0") == [
            f"orphan {old}",
            "1 orphans removed, 0 files missing.",
        ]
        assert not default_storage.exists(old)
        assert default_storage.exists(product.image.name)

    def test_keeps_the_files_of_deleted_products(self):
        delete_product(make_product(image=upload(png())))

        assert collect("--grace-hours", "0") == ["0 orphans removed, 0 files missing."]

    def test_keeps_recent_files(self):
        default_storage.save("products/ab/young.png", ContentFile(b"x"))

        assert collect() == ["0 orphans removed, 0 files missing."]

    def test_keeps_an_old_image_that_was_just_replaced(self, product):
        old = product.image.name
        age(old)
        update_product(product, image=upload(png(size=(9, 9))))

        assert collect() == ["0 orphans removed, 0 files missing."]
        assert default_storage.exists(old)

    def test_deletes_a_replaced_image_after_the_grace_period(self, product):
        old = product.image.name
        age(old)
        update_product(product, image=upload(png(size=(9, 9))))
        OrphanedFile.objects.update(orphaned_at=timezone.now() - timedelta(hours=25))

        assert collect()[0] == f"orphan {old}"
        assert not OrphanedFile.objects.exists()

    @pytest.mark.parametrize("change", ["removed", "renewed", "failed"])
    def test_records_when_renditions_become_orphans(self, product, change, settings):
        attach_thumbnail(product_id=product.pk)
        product.refresh_from_db()
        thumbnails = {product.thumbnail.name, *product.renditions.values()}
        if change == "removed":
            update_product(product, image=None)
        elif change == "renewed":
            settings.RENDITION_FORMAT = "AVIF"
            list(enqueue_outdated(batch_size=1))
            attach_thumbnail(product_id=product.pk)
        else:
            update_product(product, image=upload(undecodable()))
            with pytest.raises(InvalidImage):
                attach_thumbnail(product_id=product.pk)

        assert thumbnails <= set(OrphanedFile.objects.values_list("name", flat=True))

    def test_deletes_an_old_file_that_was_never_referenced(self):
        default_storage.save("products/ab/orphan.png", ContentFile(b"x"))
        age("products/ab/orphan.png")

        assert collect()[0] == "orphan products/ab/orphan.png"

    def test_keeps_files_that_are_written_again_meanwhile(self):
        names = ["products/ab/one.png", "products/ab/two.png"]
        for name in names:
            default_storage.save(name, ContentFile(b"x"))
            age(name)

        orphans = delete_orphans(grace=timedelta(hours=1))
        assert next(orphans) in names
        for name in names:
            default_storage.save(name, ContentFile(b"x"))

        assert list(orphans) == []

    def test_keeps_an_image_that_is_referenced_again(self, product):
        first = product.image.name
        update_product(product, image=upload(png(size=(9, 9))))
        update_product(product, image=upload(png()))
        OrphanedFile.objects.update(orphaned_at=timezone.now() - timedelta(days=9))

        collect("--grace-hours", "0")

        assert Product.objects.get().image.name == first
        assert default_storage.exists(first)

    def test_skips_a_file_that_was_deleted_meanwhile(self):
        default_storage.save("products/ab/orphan.png", ContentFile(b"x"))
        os.symlink("nothing", default_storage.path("products/ab/gone.png"))

        assert collect("--grace-hours", "0")[-1] == "1 orphans removed, 0 files missing."

    def test_deletes_nothing_in_a_dry_run(self):
        default_storage.save("products/ab/orphan.png", ContentFile(b"x"))

        assert collect("--dry-run", "--grace-hours", "0") == [
            "orphan products/ab/orphan.png",
            "1 orphans would be removed, 0 files missing.",
        ]
        assert default_storage.exists("products/ab/orphan.png")

    def test_lists_missing_files(self):
        product = make_product(image=upload(png()))
        default_storage.delete(product.image.name)

        assert collect() == [
            f"missing {product.image.name} of product {product.pk}",
            "0 orphans removed, 1 files missing.",
        ]
        assert Product.objects.get().image.name == product.image.name
