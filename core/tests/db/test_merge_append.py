"""Pages of several index ranges: the same rows as those of the plain query, and what is read."""

import json
from itertools import product
from random import Random
from typing import Any

import pytest
from django.db import connection

from categories.models import Category
from core.db.merge_append import count_up_to, first_rows
from core.models import CatalogQuerySet
from products.models import Product
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db

ORDERINGS = [
    ["name", "id"],
    ["-price", "-id"],
    ["stock", "-created_at", "-id"],
    ["-stock", "price", "name", "id"],
]


@pytest.fixture
def categories() -> list[Category]:
    """Create five categories with ten products in each, many alike, some deleted."""
    random = Random(7)
    categories = Category.objects.bulk_create(
        Category(name=f"C{number}", slug=f"c-{number}") for number in range(5)
    )
    for number in range(50):
        name = random.choice(["Ä", "a", "B", "b", "ß"])
        price, stock = random.choice([1, 2]), random.choice([0, 1])
        row = make_product(
            name=name, slug=f"p-{number}", price=price, stock=stock, category=categories[number % 5]
        )
        if random.random() < 0.3:
            row.delete()
    return categories


def scans(queryset: CatalogQuerySet[Any]) -> list[dict[str, Any]]:
    """Execute the query, and return the nodes of its plan that read the table of products."""
    plan = json.loads(queryset.explain(format="json", analyze=True))[0]["Plan"]
    nodes, found = [plan], []
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        if node.get("Relation Name") == "products_product":
            found.append(node)
    return found


class TestFirstRows:
    @pytest.mark.parametrize("ordering", ORDERINGS)
    @pytest.mark.parametrize(
        ("number", "mode"), list(product([1, 3, 20, 100], ["exclude", "include"]))
    )
    def test_are_those_of_the_plain_query(self, categories, ordering, number: int, mode):
        keys = [category.pk for category in categories[:4]]
        listed = Product.all_objects.with_deleted(mode).order_by(*ordering)
        plain = listed.filter(category__in=keys)[:number]

        found = first_rows(listed.filter_in("category", keys), number)[:number]

        assert list(found) == list(plain)

    def test_are_those_of_filters_that_come_later(self, categories):
        keys = [category.pk for category in categories]
        listed = Product.all_objects.filter_in("category", keys).with_deleted("include")
        filtered = listed.filter(stock=0).exclude(name="a").order_by("price", "id")

        assert list(first_rows(filtered, 9)[:9]) == list(filtered[:9])
        assert all(row.stock == 0 for row in filtered)

    def test_are_none_of_no_category(self, categories):
        assert not first_rows(Product.objects.filter_in("category", []).order_by("id"), 9)

    @pytest.mark.postgres
    def test_read_a_page_of_each_range(self, categories):
        keys = [category.pk for category in categories]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        listed = Product.objects.filter_in("category", keys).order_by("price", "id")

        nodes = scans(first_rows(listed, 2)[:2])

        reads = [(node["Index Name"], node["Actual Rows"] * node["Actual Loops"]) for node in nodes]
        # One of each category, to find the two that come first, and two of each of those.
        assert sorted(reads)[:2] == [
            ("product_live_category_price", 2 * 2),
            ("product_live_category_price", 5),
        ]

    @pytest.mark.postgres
    def test_leave_the_plain_query_alone_where_one_range_has_all(self, categories):
        listed = Product.objects.filter_in("category", [categories[0].pk]).order_by("price", "id")

        assert str(first_rows(listed, 2).query) == str(listed.query)


class TestCountUpTo:
    @pytest.mark.parametrize("mode", ["exclude", "only", "include"])
    @pytest.mark.parametrize("maximum", [1, 7, 1000])
    def test_counts_every_range(self, categories, mode, maximum: int):
        rows = Product.all_objects.with_deleted(mode)
        rows = rows.filter_in("category", [category.pk for category in categories[:3]])

        assert count_up_to(rows.order_by("name"), maximum) == min(rows.count(), maximum)
