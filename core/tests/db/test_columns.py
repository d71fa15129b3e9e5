"""The columns that a response reads: those that it shows, and no others."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from categories.models import MAX_DEPTH
from categories.tests.factories import make_category
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db

LISTS = ["/api/products/", "/api/categories/"]
RELATED = re.compile(r'(?:T\d+|"categories_category")\."(\w+)"')


@pytest.fixture(autouse=True)
def deep_shop() -> None:
    """Create ten nested categories, and a product in the last."""
    category = None
    for level in range(MAX_DEPTH):
        category = make_category(f"Level {level}", parent=category, description="long")
    make_product(category=category, description="long")


def select_of(api, url: str) -> str:
    """Return the query that reads the rows, and check that it is one."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert api.get(url).status_code == 200
    rows = [query["sql"] for query in queries if "COUNT(*)" not in query["sql"][:20]]
    assert len(rows) == 1, rows
    return rows[0]


@pytest.mark.parametrize("url", LISTS)
class TestList:
    @pytest.mark.parametrize("fields", ["name", "slug", "version", "id"])
    def test_reads_what_it_shows(self, api, url: str, fields: str):
        select = select_of(api, f"{url}?fields={fields}&ordering=name&page_size=1&cursor=")

        assert "description" not in select
        assert "updated_at" not in select
        assert "search_text" not in select

    def test_reads_what_it_is_ordered_by(self, api, url: str):
        make_product(name="A")
        page = api.get(f"{url}?fields=slug&ordering=name,created_at&page_size=1&cursor=").json()

        assert len(api.get(page["next"]).json()["results"]) == 1

    def test_joins_no_relation_that_it_does_not_show(self, api, url: str):
        with CaptureQueriesContext(connection) as queries:
            api.get(f"{url}?fields=name&cursor=")

        assert "LEFT OUTER JOIN" not in queries[0]["sql"].partition("(SELECT")[0]

    @pytest.mark.parametrize(
        "fields",
        ["description", "created_at,updated_at", "deleted_at", "name,slug,id,version"],
    )
    def test_shows_each_field_as_without_restriction(self, api, url: str, fields: str):
        full = api.get(url).json()["results"]

        names = {"id", "slug", *fields.split(",")}
        expected = [{name: row[name] for name in row if name in names} for row in full]
        assert api.get(f"{url}?fields={fields}").json()["results"] == expected

    def test_shows_each_field_by_itself(self, api, url: str, django_assert_num_queries):
        full = api.get(url).json()["results"]
        for name in full[0]:
            with django_assert_num_queries(2):
                rows = api.get(f"{url}?fields={name}").json()["results"]
            assert [row[name] for row in rows] == [row[name] for row in full]


class TestAncestors:
    def test_are_read_for_the_path(self, api):
        select = select_of(api, "/api/categories/?cursor=")

        assert select.count('"description"') == 1  # of the category itself
        assert select.count('"slug"') == MAX_DEPTH

    def test_are_read_for_the_path_of_a_detail_and_the_tree(self, api):
        assert select_of(api, "/api/categories/level-9/").count('"description"') == 1
        with CaptureQueriesContext(connection) as queries:
            api.get("/api/categories/tree/")
        assert not any("description" in query["sql"] for query in queries)

    def test_are_read_for_the_category_name_of_a_product(self, api):
        assert select_of(api, "/api/products/?cursor=").count('."description"') == 1
        assert select_of(api, "/api/products/blue-mug/").count('."description"') == 1
