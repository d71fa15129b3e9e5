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
    """Let a file look as if it had been written long ago."""
    os.utime(default_storage.path(name), (0, 0))


def collect(*options: str) -> list[str]:
    output = StringIO()
    call_command("collect_media", *options, stdout=output)
    return output.getvalue().splitlines()


class TestCollectMedia:
    def test_removes_what_a_replaced_picture_left(self):
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

    def test_keeps_young_files_whose_row_may_be_on_its_way(self):
        default_storage.save("products/ab/young.png", ContentFile(b"x"))

        assert collect() == ["0 orphans removed, 0 files missing."]

    def test_keeps_an_old_file_that_was_replaced_just_now(self, product):
        old = product.image.name
        age(old)
        update_product(product, image=upload(png(size=(9, 9))))

        assert collect() == ["0 orphans removed, 0 files missing."]
        assert default_storage.exists(old)

    def test_removes_it_when_the_grace_is_over(self, product):
        old = product.image.name
        age(old)
        update_product(product, image=upload(png(size=(9, 9))))
        OrphanedFile.objects.update(orphaned_at=timezone.now() - timedelta(hours=25))

        assert collect()[0] == f"orphan {old}"
        assert not OrphanedFile.objects.exists()

    @pytest.mark.parametrize("change", ["removed", "rendered anew", "failed"])
    def test_notes_when_a_thumbnail_is_let_go(self, product, change, settings):
        attach_thumbnail(product_id=product.pk)
        product.refresh_from_db()
        thumbnails = {product.thumbnail.name, *product.renditions.values()}
        if change == "removed":
            update_product(product, image=None)
        elif change == "rendered anew":
            settings.RENDITION_FORMAT = "AVIF"
            list(enqueue_outdated(batch_size=1))
            attach_thumbnail(product_id=product.pk)
        else:
            update_product(product, image=upload(undecodable()))
            with pytest.raises(InvalidImage):
                attach_thumbnail(product_id=product.pk)

        assert thumbnails <= set(OrphanedFile.objects.values_list("name", flat=True))

    def test_removes_an_old_file_that_nobody_ever_named(self):
        default_storage.save("products/ab/nobodys.png", ContentFile(b"x"))
        age("products/ab/nobodys.png")

        assert collect()[0] == "orphan products/ab/nobodys.png"

    def test_keeps_a_picture_that_came_back_while_it_looked(self):
        names = ["products/ab/one.png", "products/ab/two.png"]
        for name in names:
            default_storage.save(name, ContentFile(b"x"))
            age(name)

        orphans = delete_orphans(grace=timedelta(hours=1))
        assert next(orphans) in names
        for name in names:
            default_storage.save(name, ContentFile(b"x"))

        assert list(orphans) == []

    def test_keeps_what_is_named_again(self, product):
        first = product.image.name
        update_product(product, image=upload(png(size=(9, 9))))
        update_product(product, image=upload(png()))
        OrphanedFile.objects.update(orphaned_at=timezone.now() - timedelta(days=9))

        collect("--grace-hours", "0")

        assert Product.objects.get().image.name == first
        assert default_storage.exists(first)

    def test_passes_over_a_file_that_somebody_else_has_just_removed(self):
        default_storage.save("products/ab/nobodys.png", ContentFile(b"x"))
        os.symlink("nothing", default_storage.path("products/ab/gone.png"))

        assert collect("--grace-hours", "0")[-1] == "1 orphans removed, 0 files missing."

    def test_only_says_so_in_a_dry_run(self):
        default_storage.save("products/ab/nobodys.png", ContentFile(b"x"))

        assert collect("--dry-run", "--grace-hours", "0") == [
            "orphan products/ab/nobodys.png",
            "1 orphans would be removed, 0 files missing.",
        ]
        assert default_storage.exists("products/ab/nobodys.png")

    def test_tells_which_files_are_missing(self):
        product = make_product(image=upload(png()))
        default_storage.delete(product.image.name)

        assert collect() == [
            f"missing {product.image.name} of product {product.pk}",
            "0 orphans removed, 1 files missing.",
        ]
        assert Product.objects.get().image.name == product.image.name
