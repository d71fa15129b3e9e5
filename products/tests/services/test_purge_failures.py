"""A row that cannot be purged does not keep others, and no job keeps another, from running."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from categories.models import Category
from categories.services import delete_category, purge_categories, restore_category
from categories.tests.factories import make_category
from config.celery import app as celery_app
from core.errors import NotFound
from core.models import IdempotencyRecord, SlugRedirect
from core.services.purge import PurgeIncomplete
from products import tasks
from products.models import Product
from products.services import delete_product, purge_products, update_product
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db

BLOCK = {
    "postgresql": [
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'kept'; END $$",
        "CREATE TRIGGER keep BEFORE DELETE ON {table} FOR EACH ROW"
        " WHEN (OLD.name = 'Kept') EXECUTE FUNCTION keep()",
    ],
    "sqlite": [
        "CREATE TRIGGER keep_{table} BEFORE DELETE ON {table} WHEN OLD.name = 'Kept'"
        " BEGIN SELECT RAISE(ABORT, 'kept'); END"
    ],
}


@pytest.fixture
def cannot_purge(request: pytest.FixtureRequest) -> None:
    """Make the database refuse to delete the row called Kept."""
    with connection.cursor() as cursor:
        for statement in BLOCK[connection.vendor]:
            cursor.execute(statement.format(table=request.param._meta.db_table))


def soon():
    return timezone.now() + timedelta(days=1)


class TestPurgeCategories:
    @pytest.mark.parametrize("cannot_purge", [Category], indirect=True)
    def test_continues_after_a_row_that_cannot_be_purged(self, cannot_purge):
        for name in ("First", "Kept", "Last"):
            delete_category(make_category(name))

        with pytest.raises(PurgeIncomplete):
            purge_categories(before=soon())

        assert [category.name for category in Category.all_objects.all()] == ["Kept"]

    def test_clears_every_reference(self):
        category = make_category("Mugs")
        child = make_category("Cups", parent=category)
        live, deleted = make_product(category=category), make_product(category=category)
        delete_product(deleted)
        delete_category(category)

        assert purge_categories(before=soon()) == 1

        assert Category.objects.get(pk=child.pk).parent is None
        links = Product.all_objects.filter(pk__in=[live.pk, deleted.pk])
        assert {product.category_id for product in links} == {None}

    def test_keeps_a_category_that_was_restored_and_deleted_again(self):
        category = make_category("Mugs")
        delete_category(category)
        before = timezone.now()
        restore_category(Category.all_objects.get())
        delete_category(Category.objects.get())

        assert purge_categories(before=before) == 0
        assert Category.all_objects.deleted().exists()


class TestInterruptedPurge:
    @pytest.fixture
    def category(self) -> Category:
        """Return a category whose purge has begun, and was interrupted."""
        category = make_category("Mugs")
        make_product(name="In mugs", category=category)
        update_product(make_product(slug="other"), slug="another")
        delete_category(category)
        Category.all_objects.update(deletion_id=None)
        return category

    def test_makes_the_category_not_found(self, api, category):
        for url in ("/api/categories/mugs/", f"/api/categories/{category.pk}/"):
            assert api.get(url).json()["code"] == "not-found"
            assert api.post(f"{url}restore/").json()["code"] == "not-found"

    @pytest.mark.parametrize("deleted", ["only", "include", "exclude"])
    def test_hides_the_category_from_lists(self, api, category, deleted: str):
        assert api.get(f"/api/categories/?deleted={deleted}").json()["results"] == []

    def test_prevents_a_restore(self, category):
        with pytest.raises(NotFound):
            restore_category(category)

    def test_is_finished_by_the_next_purge(self, category):
        assert purge_categories(before=timezone.now() - timedelta(days=30)) == 1
        assert Product.objects.get(name="In mugs").category is None


class TestPurgeProducts:
    @pytest.mark.parametrize("cannot_purge", [Product], indirect=True)
    def test_continues_after_a_row_that_cannot_be_purged(self, cannot_purge):
        for name in ("First", "Kept", "Last"):
            delete_product(make_product(name=name))

        with pytest.raises(PurgeIncomplete):
            purge_products(before=soon())

        assert [product.name for product in Product.all_objects.all()] == ["Kept"]

    def test_deletes_slug_redirects_of_purged_products_only(self):
        for slug in ("mug", "cup"):
            update_product(make_product(slug=slug), slug=f"{slug}-now")
        delete_product(Product.objects.get(slug="mug-now"))

        purge_products(before=soon())

        assert [former.slug for former in SlugRedirect.objects.all()] == ["cup"]


class TestPurgeDeleted:
    @pytest.mark.parametrize("cannot_purge", [Product], indirect=True)
    def test_purges_categories_after_a_failure_of_products(self, cannot_purge):
        delete_product(make_product(name="Kept"))
        delete_category(make_category("Mugs"))

        with pytest.raises(CommandError):
            call_command("purge_deleted", "--days", "0")

        assert not Category.all_objects.exists()


class TestDailyTasks:
    def test_are_scheduled_separately(self):
        scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

        assert scheduled >= {
            "products.tasks.purge_deleted_products",
            "products.tasks.purge_deleted_categories",
            "products.tasks.clear_idempotency_records",
            "products.tasks.collect_media",
        }
        celery_app.loader.import_default_modules()
        assert scheduled <= set(celery_app.tasks)

    def test_purge_expired_rows(self):
        delete_product(make_product())
        delete_category(make_category("Mugs"))
        for model in (Product, Category):
            model.all_objects.update(deleted_at=timezone.now() - timedelta(days=31))

        tasks.purge_deleted_products()
        tasks.purge_deleted_categories()

        assert not Product.all_objects.exists()
        assert not Category.all_objects.exists()

    def test_clear_expired_idempotency_records_only(self):
        for key, hours in (("old", 25), ("new", 23)):
            created_at = timezone.now() - timedelta(hours=hours)
            IdempotencyRecord.objects.create(
                key=key, path="/", fingerprint="", status=201, body="", created_at=created_at
            )

        tasks.clear_idempotency_records()

        assert [record.key for record in IdempotencyRecord.objects.all()] == ["new"]
