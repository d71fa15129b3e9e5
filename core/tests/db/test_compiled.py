from decimal import Decimal

import pytest
from django.db.models import QuerySet

from core.db import compiled as module
from core.db.compiled import CompiledQuery, Parameter, compiled, numbered, parameters
from products.models import Product
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db

PRICE = Product._meta.get_field("price")


def from_price(*columns: str) -> CompiledQuery:
    rows = Product.objects.filter(price__gte=Parameter("lowest", PRICE)).order_by("price")
    return CompiledQuery(rows.values_list(*columns))


class TestCompiledQuery:
    def test_has_the_sql_of_the_plain_queryset(self):
        plain = Product.objects.filter(price__gte=Decimal(5)).order_by("price").values_list("name")

        # Django puts parentheses around an expression.
        sql = from_price("name").sql.replace("(%s)", "%s")
        assert sql == plain.query.sql_with_params()[0]

    def test_returns_other_rows_for_other_values(self):
        make_product(name="Cheap", price=Decimal(1))
        make_product(name="Dear", price=Decimal(9))
        query = from_price("name")

        assert query.fetch({"lowest": Decimal(1)}) == [("Cheap",), ("Dear",)]
        assert query.fetch({"lowest": Decimal(9)}) == [("Dear",)]

    def test_reads_text_as_the_field_does(self):
        make_product(name="Dear", price=Decimal(9))

        assert from_price("name").fetch({"lowest": "8.5000"}) == [("Dear",)]

    def test_returns_values_of_the_types_of_the_fields(self):
        product = make_product(attributes={"colour": "blue"}, is_active=False)
        columns = ["id", "price", "attributes", "is_active", "created_at"]

        (row,) = from_price(*columns).fetch({"lowest": 0})

        expected = Product.objects.values_list(*columns).get(pk=product.pk)
        assert (row, list(map(type, row))) == (expected, list(map(type, expected)))

    def test_counts_rows(self):
        make_product(price=Decimal(1))
        make_product(price=Decimal(9))

        assert from_price("name").count({"lowest": Decimal(5)}) == 1

    def test_binds_a_list_of_values(self):
        first, second = make_product(name="First"), make_product(name="Second")
        keys = parameters("key", Product._meta.get_field("id"), 2)
        query = CompiledQuery(Product.objects.filter(pk__in=keys).values_list("name"))

        found = query.fetch(numbered("key", [first.pk, second.pk]))

        assert sorted(found) == [("First",), ("Second",)]

    def test_is_no_error_where_no_row_can_match(self):
        make_product()

        assert CompiledQuery(Product.objects.none().values_list("name")).fetch({}) == []


class TestCompiled:
    def select(self) -> QuerySet:
        self.built += 1
        return Product.objects.values_list("name")

    @pytest.fixture(autouse=True)
    def empty(self, monkeypatch) -> None:
        self.built = 0
        monkeypatch.setattr(module, "compiled_queries", {})

    def test_builds_a_queryset_once_for_each_key(self):
        queries = [compiled(key, self.select) for key in ("one", "one", "other")]

        assert (self.built, queries[0] is queries[1]) == (2, True)

    def test_keeps_a_limited_number(self, monkeypatch):
        monkeypatch.setattr(module, "MAX_COMPILED", 3)

        for number in range(10):
            compiled(number, self.select)

        assert len(module.compiled_queries) <= 3
