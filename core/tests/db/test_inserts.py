from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from categories.models import Category
from core.db.inserts import insert_sql, insert_unless_conflict
from products.models import Product

pytestmark = pytest.mark.django_db

SLUG = "(slug) WHERE deleted_at IS NULL"


def new_product(slug: str = "mug", **values: object) -> Product:
    return Product(slug=slug, **{"name": "Mug", "price": Decimal("1")} | values)


class TestInsertUnlessConflict:
    def test_inserts_what_save_inserts(self):
        values = {"attributes": {"a": True}, "description": "Ünïcode", "sku": "M-1", "stock": 7}
        inserted, saved = new_product("one", **values), new_product(
            "two", **values | {"sku": "M-2"}
        )

        assert insert_unless_conflict(inserted, SLUG)
        saved.save(force_insert=True)

        differing = {"id", "slug", "sku", "search_text", "created_at", "updated_at"}
        first, second = Product.objects.filter(slug__in=["one", "two"]).order_by("slug").values()
        assert {k: v for k, v in first.items() if k not in differing} == {
            k: v for k, v in second.items() if k not in differing
        }
        assert (first["id"], first["created_at"]) == (inserted.pk, inserted.created_at)
        assert first["search_text"] == second["search_text"].replace("m-2", "m-1")

    def test_marks_the_row_as_stored(self):
        product = new_product()
        insert_unless_conflict(product, SLUG)

        assert (product._state.adding, product._state.db) == (False, "default")

    def test_returns_false_for_a_taken_value(self):
        insert_unless_conflict(new_product(), SLUG)
        second = new_product()

        assert not insert_unless_conflict(second, SLUG)
        assert second._state.adding
        assert Product.objects.count() == 1

    def test_lets_the_transaction_go_on(self):
        insert_unless_conflict(new_product(), SLUG)

        with transaction.atomic():
            insert_unless_conflict(new_product(), SLUG)
            assert insert_unless_conflict(new_product("cup"), SLUG)

    def test_raises_for_any_other_constraint(self):
        insert_unless_conflict(new_product(sku="M-1"), SLUG)

        with pytest.raises(IntegrityError), transaction.atomic():
            insert_unless_conflict(new_product("cup", sku="M-1"), SLUG)


class TestInsertSql:
    @pytest.mark.parametrize("row", [new_product(), Category(name="Mugs", slug="mugs")])
    def test_is_what_django_compiles(self, row: Product | Category):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            row.save(force_insert=True)

        (columns,) = [query["sql"].partition(" VALUES ")[0] for query in queries]
        assert insert_sql(type(row), SLUG).partition(" VALUES ")[0] == columns
