from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from categories.models import Category
from categories.product_counts import COUNTS_TABLE, direct_product_counts
from categories.tests.factories import make_category
from products.services.product_counts import correct_counts, find_count_differences
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def miscounted() -> Category:
    """Return a category with one product, of which two are recorded."""
    category = make_category()
    make_product(category=category)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {COUNTS_TABLE} SET number = 2")
    return category


class TestFindCountDifferences:
    def test_returns_nothing_while_numbers_are_right(self):
        make_product(category=make_category())

        assert find_count_differences() == []

    def test_returns_what_differs(self, miscounted):
        make_product(category=make_category("Right"))

        assert find_count_differences() == [(miscounted.pk, 1, 2)]

    def test_returns_categories_without_products_and_without_records(self, miscounted):
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {COUNTS_TABLE}")
        other = make_category("Other")
        make_product(category=other)
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {COUNTS_TABLE} SET number = 5")

        assert set(find_count_differences()) == {(miscounted.pk, 1, 0), (other.pk, 1, 5)}


class TestCorrectCounts:
    def test_corrects_what_differs(self, miscounted):
        correct_counts()

        assert direct_product_counts() == {str(miscounted.pk): 1}

    def test_changes_nothing_when_it_runs_again(self, miscounted):
        correct_counts()
        correct_counts()

        assert find_count_differences() == []

    def test_keeps_counting_afterwards(self, miscounted):
        correct_counts()
        make_product(category=miscounted)

        assert direct_product_counts() == {str(miscounted.pk): 2}


class TestCheckProductCounts:
    def run(self, *arguments: str) -> str:
        output = StringIO()
        call_command("check_product_counts", *arguments, stdout=output)
        return output.getvalue()

    def test_succeeds_while_numbers_are_right(self):
        make_product(category=make_category())

        assert self.run() == "0 categories differ.\n"

    def test_lists_differences_and_fails(self, miscounted):
        output = StringIO()

        with pytest.raises(CommandError, match="1 categories differ"):
            call_command("check_product_counts", stdout=output)

        assert output.getvalue() == f"{miscounted.pk}: 1 products, 2 recorded\n"

    def test_corrects_with_fix(self, miscounted):
        assert self.run("--fix").endswith("1 categories corrected.\n")
        assert self.run() == "0 categories differ.\n"
