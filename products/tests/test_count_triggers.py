"""Triggers count products in the transaction of every change, whatever makes it."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.utils import timezone

from categories.models import Category
from categories.product_counts import COUNTS_TABLE, direct_product_counts
from categories.services import (
    delete_category,
    delete_category_tree,
    purge_categories,
    restore_category,
)
from categories.tests.factories import make_category
from products.count_triggers import POSTGRES_TRIGGERS, SQLITE_TRIGGERS
from products.models import Product
from products.services import delete_product, purge_products, restore_product, update_product
from products.services.product_counts import find_count_differences
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def mugs() -> Category:
    return make_category("Mugs")


def count(category: Category) -> int:
    return direct_product_counts().get(str(category.pk), 0)


def unsaved_products(category: Category, number: int) -> list[Product]:
    return [Product(name="Mug", slug=f"mug-{n}", price=1, category=category) for n in range(number)]


def count_recorded_rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {COUNTS_TABLE}")
        return cursor.fetchone()[0]


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


class TestCountTriggers:
    def test_exist_after_all_migrations(self):
        catalog, names = (
            ("SELECT tgname FROM pg_trigger", POSTGRES_TRIGGERS)
            if connection.vendor == "postgresql"
            else ("SELECT name FROM sqlite_master WHERE type = 'trigger'", SQLITE_TRIGGERS)
        )
        with connection.cursor() as cursor:
            cursor.execute(catalog)
            existing = {name for (name,) in cursor.fetchall()}

        assert existing >= names.keys()

    def test_count_a_created_product(self, mugs):
        make_product(category=mugs)

        assert count(mugs) == 1

    @pytest.mark.parametrize("values", [{"is_active": False}, {"category": None}])
    def test_do_not_count_a_draft_or_a_product_without_category(self, mugs, values):
        make_product(**{"category": mugs} | values)

        assert direct_product_counts() == {}

    def test_count_a_product_that_moves_to_another_category(self, mugs):
        bowls = make_category("Bowls")
        update_product(make_product(category=mugs), category=bowls)

        assert (count(mugs), count(bowls)) == (0, 1)

    def test_count_a_product_that_becomes_active(self, mugs):
        update_product(make_product(category=mugs, is_active=False), is_active=True)

        assert count(mugs) == 1

    def test_count_a_product_that_becomes_a_draft_in_another_category(self, mugs):
        bowls = make_category("Bowls")
        update_product(make_product(category=mugs), is_active=False, category=bowls)

        assert (count(mugs), count(bowls)) == (0, 0)

    def test_count_once_when_other_columns_change(self, mugs):
        update_product(make_product(category=mugs), name="Red mug", stock=3, is_active=True)

        assert count(mugs) == 1

    def test_count_a_deleted_and_a_restored_product(self, mugs):
        product = make_product(category=mugs)
        delete_product(product)
        deleted = count(mugs)
        restore_product(Product.all_objects.get(pk=product.pk))

        assert (deleted, count(mugs)) == (0, 1)

    def test_count_products_deleted_and_restored_with_their_category(self, mugs):
        for number in range(3):
            make_product(category=mugs, slug=f"mug-{number}")
        delete_category_tree(mugs)
        deleted = count(mugs)
        restore_category(Category.all_objects.get(pk=mugs.pk))

        assert (deleted, count(mugs)) == (0, 3)

    def test_count_products_that_a_deleted_category_keeps(self, mugs):
        make_product(category=mugs)
        delete_category(mugs)

        assert count(mugs) == 1

    def test_leave_no_rows_of_a_purged_category(self, mugs):
        deleted = make_product(category=mugs)
        make_product(category=mugs)
        delete_product(deleted)
        delete_category(mugs)
        purge_categories(before=timezone.now())

        assert count_recorded_rows() == 0

    def test_do_not_count_a_purge_of_deleted_products(self, mugs):
        make_product(category=mugs)
        delete_product(make_product(category=mugs))
        purge_products(before=timezone.now())

        assert count(mugs) == 1

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            (lambda: Product.objects.update(is_active=False), 0),
            (lambda: Product.objects.all().delete(), 0),
            (lambda: Product.objects.all().hard_delete(), 0),
            (lambda: Product.objects.update(stock=1), 3),
            (lambda: execute("UPDATE products_product SET category_id = NULL"), 0),
            (lambda: execute("DELETE FROM products_product"), 0),
        ],
    )
    def test_count_statements_that_write_many_rows(
        self, mugs, change: Callable[[], object], expected: int
    ):
        for _ in range(3):
            make_product(category=mugs)
        change()

        assert count(mugs) == expected

    def test_count_a_bulk_insert(self, mugs):
        Product.objects.bulk_create(unsaved_products(mugs, 3))

        assert count(mugs) == 3

    @pytest.mark.parametrize(
        "options",
        [
            {"ignore_conflicts": True},
            {"update_conflicts": True, "unique_fields": ["id"], "update_fields": ["name"]},
        ],
    )
    def test_count_a_row_of_a_bulk_insert_once_that_exists(self, mugs, options):
        products = unsaved_products(mugs, 3)
        products[0].save()
        Product.objects.bulk_create(products, **options)

        assert count(mugs) == 3

    def test_forget_what_a_savepoint_rolls_back(self, mugs):
        with transaction.atomic():
            make_product(category=mugs)
            transaction.set_rollback(True)

        assert count(mugs) == 0

    @pytest.mark.postgres
    def test_count_nothing_after_truncate(self, mugs):
        make_product(category=mugs)
        execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE products_product")

        assert count_recorded_rows() == 0

    @pytest.mark.postgres
    def test_write_one_row_for_a_statement(self, mugs):
        for number in range(40):
            make_product(category=mugs, slug=f"mug-{number}", is_active=False)
        Product.objects.update(is_active=True)

        assert (count_recorded_rows(), count(mugs)) == (1, 40)

    def test_write_no_row_for_a_change_that_they_do_not_count(self, mugs):
        product = make_product(category=mugs)
        before = count_recorded_rows()
        for stock in range(1, 4):
            update_product(product, stock=stock)

        assert count_recorded_rows() == before

    def test_keep_few_rows_of_a_category(self, mugs):
        product = make_product(category=mugs)
        for number in range(300):
            Product.objects.filter(pk=product.pk).update(is_active=number % 2)

        assert count(mugs) == 1
        assert count_recorded_rows() < 150

    def test_need_no_correction_after_these_changes(self, mugs):
        update_product(make_product(category=mugs), is_active=False)
        delete_product(make_product(category=mugs))
        make_product(category=mugs)

        assert find_count_differences() == []
