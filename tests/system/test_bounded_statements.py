"""Sets of any size are deleted, restored and purged by statements of bounded size."""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from categories.models import Category
from categories.services import purge_categories
from categories.tests.factories import make_category
from core.db.batches import BATCH_SIZE
from core.models import CatalogModel
from products.models import Product
from products.services import purge_products

pytestmark = pytest.mark.django_db

URL = "/api/categories/big/"
STATEMENT_TIMEOUT = 5.0  # seconds
WRITES = ("UPDATE", "DELETE", "INSERT")


def create_products(products: int) -> None:
    """Create a category with many products, most of them in its child."""
    big = make_category("Big")
    below = make_category("Below", parent=big)
    for start in range(0, products, 500):
        Product.objects.bulk_create(
            Product(
                name=f"Blue mug {number}",
                slug=f"blue-mug-{number}",
                sku=f"MUG-{number}",
                description=f"For tea and coffee, safe in a dishwasher, {number}." * 3,
                price=1,
                category=below if number % 3 else big,
            )
            for number in range(start, min(start + 500, products))
        )


class StatementRecorder:
    """Records the duration of the slowest statement, and the rows that the largest one wrote."""

    seconds = 0.0
    rows = 0

    def __call__(self, execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
        start = monotonic()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds = max(self.seconds, monotonic() - start)
            if sql.startswith(WRITES):
                self.rows = max(self.rows, context["cursor"].rowcount)


def live_and_deleted(model: type[CatalogModel]) -> tuple[int, int]:
    return model.objects.count(), model.all_objects.deleted().count()


def run_life_cycle(api: Any, products: int) -> StatementRecorder:
    """Delete, restore, detach and purge a category with so many products."""
    create_products(products)
    recorder, soon = StatementRecorder(), timezone.now() + timedelta(days=1)
    own = len(range(0, products, 3))
    with connection.execute_wrapper(recorder):
        assert api.delete(f"{URL}?strategy=restrict").json()["products"] == products
        assert api.delete(f"{URL}?strategy=cascade").status_code == 204
        assert (live_and_deleted(Category), live_and_deleted(Product)) == ((0, 2), (0, products))
        assert api.post(f"{URL}restore/").status_code == 200
        assert (live_and_deleted(Category), live_and_deleted(Product)) == ((2, 0), (products, 0))
        assert api.delete(URL).status_code == 204
        assert purge_categories(before=soon) == 1
        assert Product.objects.filter(category=None).count() == own
        api.delete("/api/categories/below/?strategy=cascade")
        assert purge_products(before=soon) == products - own
        assert live_and_deleted(Product) == (own, 0)
        assert Product.objects.all().delete()[0] == own
    return recorder


def test_statements_write_no_more_rows_for_a_larger_set(api):
    assert run_life_cycle(api, 3 * BATCH_SIZE + 1).rows == BATCH_SIZE


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(1200)
def test_statements_stay_far_below_the_timeout_with_a_hundred_thousand_products(api):
    recorder = run_life_cycle(api, 100_000)

    assert (recorder.rows, recorder.seconds < STATEMENT_TIMEOUT / 2) == (BATCH_SIZE, True)
