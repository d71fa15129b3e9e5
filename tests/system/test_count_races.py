"""Product counts stay exact while many clients write, and no writer waits for another's count."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from random import Random
from threading import Event
from typing import Any

import psycopg2.extensions
import pytest
from django.db import IntegrityError, connection
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
from core.error_base import CatalogError
from core.services.purge import PurgeIncomplete
from products.models import Product
from products.services import (
    create_product,
    delete_product,
    purge_products,
    restore_product,
    update_product,
)
from products.services.product_counts import correct_counts, find_count_differences
from products.tests.factories import make_product
from tests.support.concurrency import run_concurrently
from tests.support.migrations import migrate_to_latest, migrated_to

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

THREADS = 8
WRITES = 60  # of each thread
# What a client may get instead of its change, because another one was faster.
LOST_RACES = (CatalogError, PurgeIncomplete, IntegrityError, Product.DoesNotExist)


@contextmanager
def open_transaction() -> Iterator[psycopg2.extensions.cursor]:
    """Yield a cursor in a transaction of its own, which is rolled back unless it commits."""
    with closing(connection.get_new_connection(connection.get_connection_params())) as other:
        other.autocommit = False
        with other.cursor() as cursor:
            yield cursor


def choose(random: Random, rows: Any) -> Any:
    """Return one of these rows. Raises `IndexError` if there are none."""
    return random.choice(list(rows.order_by("pk")[:50]))


def write_at_random(random: Random) -> None:
    """Change products or categories in a way that changes counts."""
    category = choose(random, Category.objects.all())
    match random.randrange(11):
        case 0 | 1 | 2:
            create_product(name="M", price=1, category=category, is_active=random.random() < 0.8)
        case 3:
            update_product(choose(random, Product.objects.all()), category=category)
        case 4:
            update_product(choose(random, Product.objects.all()), is_active=random.random() < 0.5)
        case 5:
            delete_product(choose(random, Product.objects.all()))
        case 6:
            restore_product(choose(random, Product.all_objects.deleted()), rename_conflicts=True)
        case 7:
            products = Product.objects.filter(category=category).order_by("pk")[:5]
            keys = list(products.values_list("pk", flat=True))
            Product.objects.filter(pk__in=keys[:1]).update(is_active=random.random() < 0.5)
        case 8:
            random.choice([delete_category, delete_category_tree])(category)
        case 9:
            restore_category(choose(random, Category.all_objects.deleted()), rename_conflicts=True)
        case 10:
            random.choice([purge_products, purge_categories])(before=timezone.now())


def run_random_writes(client: Any, seed: int) -> None:
    random = Random(seed)
    for _ in range(WRITES):
        try:
            write_at_random(random)
        except (*LOST_RACES, IndexError):
            continue
        finally:
            if not Category.objects.exists():
                make_category(f"Category {seed}")


def recorded_categories() -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT category_id FROM {COUNTS_TABLE}")
        return {category_id for (category_id,) in cursor.fetchall()}


class TestConcurrentWrites:
    @pytest.mark.parametrize("round_", range(3))
    def test_leave_exact_counts(self, round_: int):
        for number in range(4):
            make_category(f"Category {number}")
        run_concurrently(
            run_random_writes, [round_ * THREADS + n for n in range(THREADS)], threads=THREADS
        )

        assert find_count_differences() == []
        existing = set(Category.all_objects.values_list("pk", flat=True))
        assert recorded_categories() <= existing

    def test_of_one_category_do_not_wait_for_each_other(self):
        category, other = make_category(), make_category("Other")
        product, mine = make_product(category=category), make_product(category=category)
        with open_transaction() as cursor:
            for number in range(100):  # enough that some of these fold the counts
                cursor.execute(
                    "UPDATE products_product SET is_active = %s WHERE id = %s",
                    [bool(number % 2), str(product.pk)],
                )
            with connection.cursor() as own:
                own.execute("SET lock_timeout = '100ms'")
                for target in [other, category] * 50:
                    update_product(mine, category=target)
                own.execute("RESET lock_timeout")

            assert direct_product_counts() == {str(category.pk): 2}
            cursor.connection.commit()

        assert find_count_differences() == []


class TestKilledTransaction:
    def test_changes_no_count(self):
        product = make_product(category=make_category())
        before = direct_product_counts()
        with open_transaction() as cursor:
            cursor.execute("UPDATE products_product SET is_active = false")
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
            with connection.cursor() as own:
                own.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
            with pytest.raises(psycopg2.DatabaseError):
                cursor.connection.commit()

        assert direct_product_counts() == before == {str(product.category_id): 1}
        assert find_count_differences() == []


class TestCorrectCounts:
    def test_is_exact_while_others_write(self):
        for number in range(4):
            make_category(f"Category {number}")
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {COUNTS_TABLE} (category_id, number)"
                " SELECT id, 7 FROM categories_category"
            )

        def work(client: Any, seed: int) -> None:
            if seed:
                run_random_writes(client, seed)
            else:
                for _ in range(20):
                    correct_counts()

        run_concurrently(work, [0, 0, *range(100, 106)], threads=8)

        assert find_count_differences() == []


class TestCountTriggersMigration:
    def test_counts_exactly_while_others_write(self):
        products = [make_product(slug=f"p-{n}", category=make_category(f"C {n}")) for n in range(4)]
        finished = Event()

        def work(client: Any, number: int) -> None:
            random = Random(number)
            with connection.cursor() as cursor:
                while not finished.is_set():
                    cursor.execute(
                        "UPDATE products_product SET is_active = %s WHERE id = %s",
                        [random.random() < 0.5, str(products[number].pk)],
                    )

        def migrate_and_finish(client: Any, number: int) -> None:
            try:
                migrate_to_latest()
            finally:
                finished.set()

        with migrated_to([("categories", "0005_help_texts")]):
            run_concurrently(
                lambda client, number: (work if number < 4 else migrate_and_finish)(client, number),
                range(5),
                threads=5,
            )

        assert find_count_differences() == []
