"""Product counts of rows that exist when the triggers are created."""

import pytest
from django.db import connection

from categories.product_counts import COUNTS_TABLE, direct_product_counts
from categories.tests.factories import make_category
from products.services import delete_product
from products.services.product_counts import find_count_differences
from products.tests.factories import make_product
from tests.support.migrations import migrated_to

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("categories", "0005_help_texts")]


class TestCountTriggersMigration:
    def test_counts_existing_products(self):
        category = make_category()
        for values in ({}, {}, {"is_active": False}, {"category": None}):
            make_product(**{"category": category} | values)
        delete_product(make_product(category=category))

        with migrated_to(BEFORE):
            assert COUNTS_TABLE not in connection.introspection.table_names()

        assert direct_product_counts() == {str(category.pk): 2}
        assert find_count_differences() == []

    def test_counts_products_written_afterwards(self):
        category = make_category()
        with migrated_to(BEFORE):
            pass
        make_product(category=category)

        assert direct_product_counts() == {str(category.pk): 1}
