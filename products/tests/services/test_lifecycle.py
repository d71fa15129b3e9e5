from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from categories.services import delete_category, purge_categories, restore_category
from categories.tests.factories import make_category
from core.errors import (
    NotFound,
    PayloadTooLarge,
    SkuConflict,
    SlugConflict,
    SoftDeleted,
    VersionMismatch,
)
from core.images import InvalidImage
from products.models import Product, ThumbnailStatus
from products.services import (
    delete_product,
    restore_product,
    update_product,
)
from products.tests.factories import make_product
from tests.support.images import jpeg, png, upload

pytestmark = pytest.mark.django_db


class TestCreateProduct:
    def test_numbers_the_slug_when_it_is_taken(self):
        make_product(name="Blue Mug")

        assert make_product(name="Blue Mug").slug == "blue-mug-2"

    def test_makes_few_queries_when_many_have_the_name(self, django_assert_max_num_queries):
        for _ in range(20):
            make_product(name="Blue Mug")

        with django_assert_max_num_queries(30):
            make_product(name="Blue Mug")

    def test_finds_a_slug_for_any_name(self):
        for name in ["x" * 255, "x" * 255, "x" * 255, "!!!", "日本", "--", "bulk", "export"]:
            make_product(name=name)

        slugs = set(Product.objects.values_list("slug", flat=True))
        assert len(slugs) == 8
        assert all(0 < len(slug) <= 255 for slug in slugs)

    def test_rejects_a_requested_slug_that_is_taken(self):
        holder = make_product(slug="mug")

        with pytest.raises(SlugConflict) as caught:
            make_product(slug="mug")

        extensions = caught.value.extensions
        assert (extensions["slug"], extensions["holder"]) == ("mug", holder.pk)

    def test_rejects_a_sku_that_is_taken(self):
        make_product(sku="M-1")

        with pytest.raises(SkuConflict):
            make_product(sku="M-1")

    def test_accepts_several_without_a_sku(self):
        assert [make_product().sku, make_product().sku] == [None, None]

    def test_stores_the_image(self):
        product = make_product(image=upload(png(size=(30, 20))))

        assert default_storage.exists(product.image.name)
        assert (product.image_width, product.image_height) == (30, 20)
        assert product.thumbnail_status == ThumbnailStatus.PENDING

    def test_ignores_the_file_name_of_the_client(self):
        product = make_product(image=upload(png(), name="../../etc/evil.php"))

        assert product.image.name.startswith("products/")
        assert product.image.name.endswith(".png")
        assert "evil" not in product.image.name

    def test_enqueues_the_thumbnail_after_the_commit(
        self, enqueued, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            product = make_product(image=upload(png()))
            assert enqueued() == []

        assert enqueued() == [{"product_id": str(product.pk)}]

    def test_enqueues_nothing_without_an_image(self, enqueued, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            make_product()

        assert enqueued() == []

    @pytest.mark.parametrize("content", [b"", b"just text", png()[:-30], jpeg()[:-30]])
    def test_rejects_an_invalid_image(self, content: bytes):
        with pytest.raises(InvalidImage):
            make_product(image=upload(content))

        assert not Product.all_objects.exists()

    def test_rejects_an_image_over_the_limit(self, settings):
        settings.IMAGE_MAX_BYTES = 1000

        with pytest.raises(
            PayloadTooLarge, match="has 1,234 bytes; at most 1,000 are accepted"
        ) as caught:
            make_product(image=upload(bytes(1234)))

        assert caught.value.extensions == {"limit": 1000, "size": 1234}


class TestUpdateProduct:
    def test_writes_only_the_changed_columns(self):
        product = make_product(stock=1)
        Product.objects.update(stock=5)

        update_product(product, price=Decimal(1))

        assert (product.price, product.stock) == (Decimal(1), 5)

    def test_accepts_the_current_slug(self):
        product = make_product(slug="mug")

        assert update_product(product, slug="mug").slug == "mug"

    def test_keeps_the_slug_when_the_name_changes(self):
        product = make_product(name="Blue mug")

        assert update_product(product, name="Red mug").slug == "blue-mug"

    def test_enqueues_the_thumbnail_of_a_new_image(
        self, enqueued, django_capture_on_commit_callbacks
    ):
        product = make_product(image=upload(png()))
        Product.objects.update(thumbnail_status="ready", thumbnail="thumbnails/aa/old.webp")
        product.refresh_from_db()

        with django_capture_on_commit_callbacks(execute=True):
            update_product(product, image=upload(png(size=(9, 9))))

        assert product.thumbnail_status == ThumbnailStatus.PENDING
        assert product.thumbnail.name == "thumbnails/aa/old.webp"
        assert enqueued() == [{"product_id": str(product.pk)}]

    def test_enqueues_nothing_for_the_same_image(
        self, enqueued, django_capture_on_commit_callbacks
    ):
        product = make_product(image=upload(png()))
        Product.objects.update(thumbnail_status="ready", thumbnail_due_at=None)
        product.refresh_from_db()

        with django_capture_on_commit_callbacks(execute=True):
            update_product(product, image=upload(png()))

        assert product.thumbnail_status == ThumbnailStatus.READY
        assert enqueued() == []

    def test_enqueues_the_same_image_after_a_failure(
        self, enqueued, django_capture_on_commit_callbacks
    ):
        product = make_product(image=upload(png()))
        Product.objects.update(thumbnail_status="failed", thumbnail_error={"code": "x"})
        product.refresh_from_db()

        with django_capture_on_commit_callbacks(execute=True):
            update_product(product, image=upload(png()))

        assert product.thumbnail_status == ThumbnailStatus.PENDING
        assert product.thumbnail_error is None
        assert enqueued() == [{"product_id": str(product.pk)}]

    def test_raises_not_found_for_a_purged_product(self):
        product = make_product()
        Product.all_objects.filter(pk=product.pk).hard_delete()

        with pytest.raises(NotFound):
            update_product(product, stock=2)

    def test_removes_the_image_and_its_renditions(self):
        product = make_product(image=upload(png()))
        Product.objects.update(thumbnail="thumbnails/aa/old.webp", placeholder="abc")

        update_product(product, image=None)

        assert not product.image
        assert not product.thumbnail
        assert (product.placeholder, product.image_width) == (None, None)
        assert product.thumbnail_status == ThumbnailStatus.NONE

    def test_rejects_another_version(self):
        product = make_product()
        update_product(product, stock=1)

        with pytest.raises(VersionMismatch):
            update_product(product, stock=2, expected_version=1)

        assert Product.objects.get().stock == 1


class TestDeleteProduct:
    def test_frees_slug_and_sku(self):
        delete_product(make_product(sku="M-1"))

        again = make_product(sku="M-1")

        assert again.slug == "blue-mug"

    def test_rejects_a_product_that_was_deleted_since_it_was_read(self):
        product = make_product()
        delete_product(Product.objects.get())

        with pytest.raises(SoftDeleted):
            delete_product(product)

    def test_keeps_the_image_for_a_restore(self):
        product = make_product(image=upload(png()))

        delete_product(product)

        assert default_storage.exists(product.image.name)


class TestRestoreProduct:
    def test_rejects_a_sku_that_is_taken_by_now(self):
        product = make_product(sku="M-1")
        delete_product(product)
        make_product(name="Other", sku="M-1")

        with pytest.raises(SkuConflict):
            restore_product(product)

    def test_restores_the_reference_to_the_category(self):
        category = make_category("Mugs")
        product = make_product(category=category)
        delete_category(category)
        delete_product(product)

        restore_product(product)
        restore_category(category)

        assert Product.objects.select_related("category").get().category.is_live

    def test_restores_a_product_whose_category_was_purged_since_it_was_read(self):
        category = make_category("Mugs")
        delete_product(make_product(category=category))
        product = Product.all_objects.get()
        delete_category(category)
        purge_categories(before=timezone.now())

        restore_product(product)

        assert Product.objects.get().category_id is None
