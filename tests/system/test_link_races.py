"""Requests that create in a category block neither each other nor its deletion."""

from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connection, transaction

from categories.models import Category
from categories.tests.factories import make_category
from core.db.locks import lock_if_live
from tests.support.concurrency import count_statuses, run_concurrently

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PRODUCTS = "/api/products/"
URL = "/api/categories/mugs/"
CLIENTS = 8


class TestShareIfLive:
    def test_lets_two_transactions_share_a_row(self):
        category, both = make_category("Mugs"), Barrier(2)

        def share(api: Any, _: int) -> bool:
            with transaction.atomic():
                is_live = lock_if_live(Category.objects.get(pk=category.pk))
                both.wait(timeout=3)  # only reached together where neither waits for the other
                return is_live

        assert run_concurrently(share, range(2), threads=2) == [True, True]


@pytest.mark.parametrize(
    ("method", "query", "status"),
    [
        ("delete", "?strategy=cascade", 204),
        ("delete", "?strategy=restrict", 409),
        ("delete", "?strategy=detach", 204),
        ("patch", "", 200),
    ],
)
def test_a_change_of_the_category_is_not_starved(method: str, query: str, status: int):
    make_category("Mugs")
    busy, done = Barrier(CLIENTS + 1), Event()

    def work(api: Any, number: int) -> list[Any]:
        if number == CLIENTS:
            busy.wait(timeout=20)
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = '4s'")
            try:
                return [getattr(api, method)(f"{URL}{query}", {"position": 3})]
            finally:
                done.set()
        responses = []
        while not done.is_set():
            body = {"name": "Mug", "slug": f"m-{number}-{len(responses)}", "price": "1"}
            responses.append(api.post(PRODUCTS, body | {"category": "mugs"}))
            if len(responses) == 3:
                busy.wait(timeout=20)
        return responses

    *created, (changed,) = run_concurrently(work, range(CLIENTS + 1), threads=CLIENTS + 1)

    assert changed.status_code == status
    assert set(count_statuses(one for several in created for one in several)) <= {201, 400}
