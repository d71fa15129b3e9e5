"""Existing rows after the migrations to normal texts, maximum lengths and reserved slugs."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.apps.registry import Apps

from core.models import SlugRedirect
from products.models import Product
from tests.support.migrations import migrate, migrate_to_latest, migrated_to

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("products", "0002_search"), ("categories", "0001_initial")]
LONG = "x" * 20_000 + "the end"


@pytest.fixture
def before() -> Iterator[Apps]:
    with migrated_to(BEFORE) as apps:
        yield apps


def make(apps: Apps, name: str = "Mug", **values: object) -> object:
    values = {"slug": "mug", "price": "12.50"} | values
    return apps.get_model("products", "product").objects.create(name=name, **values)


def migrated(row: object) -> Product:
    migrate_to_latest()
    return Product.all_objects.get(pk=row.pk)


class TestExistingRows:
    def test_have_their_texts_in_normal_form(self, before):
        row = make(
            before,
            "Cafe\u0301\n\x07noir\u200b",
            sku="A\u030a",
            attributes={"Gro\u0308\xdfe": "\ufeffXL", "n": 1},
        )

        product = migrated(row)

        assert (product.name, product.sku) == ("Caf\xe9 noir", "\xc5")
        assert product.attributes == {"Gr\xf6\xdfe": "XL", "n": 1}

    def test_keep_texts_that_would_be_empty_or_duplicates(self, before):
        blank, holder = make(before, "\u200b"), make(before, slug="b", sku="\xc5")
        twin = make(before, slug="c", sku="A\u030a")

        assert migrated(blank).name == "\u200b"
        assert Product.objects.get(pk=twin.pk).sku == "A\u030a"
        assert Product.objects.get(pk=holder.pk).sku == "\xc5"

    def test_keep_long_descriptions_in_a_separate_table(self, before):
        row = make(before, description=LONG)

        assert migrated(row).description == LONG[:20_000]
        apps = migrate(BEFORE)
        assert apps.get_model("products", "product").objects.get(pk=row.pk).description == LONG

    def test_redirect_from_reserved_slugs(self, before):
        make(before, slug="bulk-2")
        deleted = make(before, slug="bulk", deleted_at="2026-01-01T00:00:00Z")
        row = make(before, slug="bulk")

        product = migrated(row)

        slugs = {product.slug, Product.all_objects.get(pk=deleted.pk).slug}
        assert slugs == {"bulk-3", "bulk-4"}
        assert product.version == 2
        former = SlugRedirect.objects.get(model="product", slug="bulk")
        assert former.row_id == row.pk

    def test_keep_their_prices(self, before):
        row = make(before, price=Decimal("9999999999.99"))

        assert migrated(row).price == row.price
