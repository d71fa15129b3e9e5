"""What each documented question costs PostgreSQL, at 100,000 products, without a clock.

The questions are made from the filter set: a new parameter is asked alone and with a category,
with its example and with each value that its schema lists, by page and by cursor.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
from django.http import QueryDict
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from core.api.lists.cursors import Cursor
from core.api.lists.listings import Listing
from core.api.lists.pagination import MAX_COUNT, PAGE_SIZE, CatalogPagination
from products.filters import ProductFilter
from products.models import Product
from tests.support.large_catalog import large_catalog
from tests.support.query_plans import Plan, executed, explained

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.django_db]

URL = "/api/products/"
MAX_SORTED = 1_000
DEPTH = 50_000
UPDATED = ["updated_after=2036-01-01T00:00:00Z", "updated_before=2025-03-01T00:00:00Z"]
MODES = ["", "deleted=only", "deleted=include"]
CATEGORIES = ["", "category=mugs", "category=category-120", "category=mugs,category-120,kitchen"]
FILTERS = ProductFilter.base_filters
ORDERINGS = [f"ordering={term}" for term in FILTERS["ordering"].openapi_schema()["items"]["enum"]]


def values_of(name: str) -> Iterator[str]:
    """Yield the example of a filter, and the values that its schema lists if they are few."""
    filter_, schema = FILTERS[name], FILTERS[name].openapi_schema()
    if schema["type"] == "boolean":
        yield from ["true", "false"]
    else:
        example = filter_.example
        yield ",".join(example) if isinstance(example, list) else example
    choices = schema.get("enum", [])
    yield from choices if len(choices) < 10 else []


def parameters() -> list[str]:
    """Return a query string for each value of each filter."""
    pairs = [f"{name}={quote(value)}" for name in FILTERS for value in values_of(name)]
    for pattern in ProductFilter.pattern_parameters:
        for example in pattern["schema"]["examples"]:
            pairs += [f"{pattern['name']}[{key}]={value}" for key, value in example.items()]
    rare = ["currency=GBP", "currency=JPY", "search=%D0%B6", "search=qz", "attributes[a]=none"]
    return sorted({*pairs, *rare, *UPDATED, f"id={many_ids()}"})


def many_ids() -> str:
    return ",".join(f"0199a4f2-3c1b-7d52-9a37-6f0d6c1f{number:04x}" for number in range(100))


def questions() -> list[str]:
    """Return the query strings of all lists that are documented to be quick."""
    alone = [*parameters(), *ORDERINGS, "ordering=-price,name"]
    filtered = product(alone, CATEGORIES[:2], ["", "cursor="])
    ordered = product(["", *ORDERINGS], CATEGORIES, MODES, ["", "cursor="])
    queries = {"&".join(filter(None, parts)) for parts in [*filtered, *ordered]}
    return sorted(query for query in queries if query.count("category=") < 2)


@pytest.fixture(scope="module", autouse=True)
def catalog(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), large_catalog():
        yield


def plans_of(api: Any, query: str) -> list[Plan]:
    return [explained(statement) for statement in executed(api, f"{URL}?{query}")[1]]


class TestListQuestions:
    @pytest.mark.parametrize("query", questions(), ids=lambda query: query[:80])
    def test_reads_and_sorts_little(self, api, query: str):
        plans = plans_of(api, query)

        assert 1 <= len(plans) <= 2  # the rows, and by page the count
        for plan in plans:
            assert "products_product" not in plan.sequential_scans
            assert plan.largest_sort <= MAX_SORTED
            assert plan.rows_read <= MAX_COUNT + 1 + PAGE_SIZE


class TestDepth:
    @pytest.mark.parametrize("query", [*ORDERINGS, "ordering=-price,name"])
    @pytest.mark.parametrize("mode", ["", "deleted=include"])
    def test_costs_what_the_first_page_costs(self, api, query: str, mode: str):
        query = f"{query}&{mode}".strip("&")
        (first,), (deep,) = plans_of(api, f"{query}&cursor="), plans_of(api, at_depth(query))

        assert deep.rows_read <= 2 * first.rows_read
        assert deep.largest_sort <= MAX_SORTED


def at_depth(query: str) -> str:
    """Return the query string with a cursor behind the first 50,000 rows."""
    request = Request(APIRequestFactory().get(f"{URL}?{query}"))
    listing = Listing(ProductFilter(QueryDict(query), Product.all_objects.all()).qs)
    paginator = CatalogPagination()
    paginator.request = request
    cursor = Cursor(listing.ordering, paginator.cursor_scope())
    values = listing.ordering_values(listing.queryset[DEPTH])
    return f"{query}&cursor={cursor.encode(values, reverse=False)}"
