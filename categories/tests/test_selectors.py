import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from categories.models import Category
from categories.selectors import (
    ancestor_ids,
    descendant_ids,
    list_categories,
    search_paths,
    subtree_depth,
)
from categories.services import delete_category
from categories.tests.factories import make_category
from products.services import delete_product
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def kitchen() -> dict[str, Category]:
    kitchen = make_category("Kitchen")
    mugs = make_category("Mugs", parent=kitchen)
    return {
        "kitchen": kitchen,
        "mugs": mugs,
        "tea": make_category("Tea", parent=mugs),
        "garden": make_category("Garden"),
    }


def slugs(ids) -> set[str]:
    return set(Category.all_objects.filter(pk__in=ids).values_list("slug", flat=True))


def product_counts() -> dict[str, tuple[int, int]]:
    """Return `product_count` and `product_count_direct` by slug."""
    return {
        category.slug: (category.product_count, category.product_count_direct)
        for category in list_categories()
    }


class TestListCategories:
    def test_returns_the_path_from_the_root(self, kitchen):
        assert list_categories().get(slug="tea").path == ["kitchen", "mugs", "tea"]

    def test_ends_the_path_at_a_deleted_ancestor(self, kitchen):
        delete_category(kitchen["mugs"])

        assert list_categories().get(slug="tea").path == ["tea"]

    def test_counts_products_of_the_category_and_below_it(self, kitchen):
        for slug in ("kitchen", "mugs", "tea", "tea"):
            make_product(category=kitchen[slug])

        assert product_counts() == {
            "kitchen": (4, 1),
            "mugs": (3, 1),
            "tea": (2, 2),
            "garden": (0, 0),
        }

    def test_counts_live_active_products_only(self, kitchen):
        delete_product(make_product(category=kitchen["tea"]))
        make_product(category=kitchen["tea"], is_active=False)

        assert product_counts()["tea"] == product_counts()["kitchen"] == (0, 0)

    def test_counts_nothing_below_a_deleted_category(self, kitchen):
        make_product(category=kitchen["tea"])
        delete_category(kitchen["mugs"])

        assert product_counts() == {
            "kitchen": (0, 0),
            "mugs": (1, 0),
            "tea": (1, 1),
            "garden": (0, 0),
        }

    @pytest.mark.parametrize("rows", [1, 10, 100])
    def test_makes_one_query_for_any_number_of_rows(self, rows: int):
        parent = make_category("Parent")
        for number in range(rows):
            make_product(category=make_category(f"Child {number}", parent=parent))

        with CaptureQueriesContext(connection) as queries:
            assert all(category.path for category in list_categories())

        assert len(queries) == 1


class TestDescendantIds:
    def test_includes_the_roots_and_all_below_them(self, kitchen):
        assert slugs(descendant_ids([kitchen["kitchen"].pk])) == {"kitchen", "mugs", "tea"}

    def test_stops_at_a_deleted_category(self, kitchen):
        delete_category(kitchen["mugs"])

        assert slugs(descendant_ids([kitchen["kitchen"].pk])) == {"kitchen"}

    def test_accepts_several_roots(self, kitchen):
        roots = [kitchen["tea"].pk, kitchen["garden"].pk]

        assert slugs(descendant_ids(roots)) == {"tea", "garden"}


class TestAncestorIds:
    def test_includes_the_category_and_deleted_ancestors(self, kitchen):
        delete_category(kitchen["mugs"])

        assert slugs(ancestor_ids(kitchen["tea"])) == {"tea", "mugs", "kitchen"}


class TestSubtreeDepth:
    def test_counts_levels_down_to_the_deepest(self, kitchen):
        assert [subtree_depth(kitchen[slug]) for slug in ("kitchen", "mugs", "tea")] == [3, 2, 1]

    def test_is_one_for_a_category_that_is_not_saved(self):
        assert subtree_depth(Category(name="New")) == 1


class TestSearchPaths:
    @pytest.mark.parametrize(
        "text", ["КРУЖКИ", "кухня кружки", "kruzhki", "КУХНЯ > Кружки", "strasse"]
    )
    def test_ignores_case_in_any_script(self, text: str):
        kitchen = make_category("Кухня Straße")
        make_category("Кружки", parent=kitchen, description="needle")

        paths = [path for _, path in search_paths(text)]
        assert "Кухня Straße > Кружки" in paths

    def test_does_not_look_into_descriptions(self):
        make_category("Mugs", description="needle")

        assert not search_paths("needle")
