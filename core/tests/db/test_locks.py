"""Advisory locks by name, and rows that stay live until commit."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from categories.services import delete_category
from categories.tests.factories import make_category
from core.db.locks import advisory_lock_id, advisory_xact_lock, lock_if_live


def in_another_session(*name: str) -> bool:
    """Try to acquire a lock on another connection."""

    def attempt() -> bool:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [advisory_lock_id(*name)])
                return cursor.fetchone()[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(attempt).result()


class TestAdvisoryLockId:
    def test_is_the_same_for_the_same_name(self):
        assert advisory_lock_id("idempotency", "/api/", "k") == advisory_lock_id(
            "idempotency", "/api/", "k"
        )

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (("categories.tree",), ("idempotency", "categories.tree")),
            (("a", "b c"), ("a b", "c")),
            (("a", "bc"), ("ab", "c")),
            (("a", ""), ("a",)),
            (("a", "1:b"), ("a1:b",)),
            (("1:a",), ("a",)),
            (("plumless",), ("buckeroo",)),  # one CRC-32
        ],
    )
    def test_differs_for_any_different_part(self, one: tuple[str, ...], other: tuple[str, ...]):
        assert advisory_lock_id(*one) != advisory_lock_id(*other)

    def test_fits_a_bigint(self):
        ids = [advisory_lock_id("scope", str(number)) for number in range(1000)]

        assert len(set(ids)) == 1000
        assert -(2**63) <= min(ids) < 0 < max(ids) < 2**63


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestAdvisoryXactLock:
    def test_excludes_only_the_same_name(self):
        with transaction.atomic():
            advisory_xact_lock("idempotency", "/api/products/", "k")

            assert not in_another_session("idempotency", "/api/products/", "k")
            assert in_another_session("idempotency", "/api/products/", "l")
            assert in_another_session("idempotency", "/api/products/ k")

    def test_is_released_with_the_transaction(self):
        with transaction.atomic():
            advisory_xact_lock("scope", "k")

        assert in_another_session("scope", "k")


@pytest.mark.django_db
class TestLockIfLive:
    def test_returns_whether_the_row_is_live(self):
        category = make_category("Mugs")
        assert lock_if_live(category)

        delete_category(category)

        assert not lock_if_live(category)
