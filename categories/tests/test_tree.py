"""`GET /api/categories/tree/`: everything live, nested, in a fixed number of queries."""

from typing import Any

import pytest
from rest_framework.renderers import JSONRenderer

from categories.models import MAX_DEPTH
from categories.selectors import list_categories
from categories.serializers import CategoryTreeSerializer
from categories.services import delete_category
from categories.tests.factories import make_category
from products.services import delete_product
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db

URL = "/api/categories/tree/"


def shape(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    return {node["slug"]: shape(node["children"]) for node in nodes}


class TestTree:
    def test_is_empty_without_categories(self, api):
        assert api.get(URL).json() == []

    def test_nests_live_categories(self, api):
        kitchen = make_category("Kitchen")
        mugs = make_category("Mugs", parent=kitchen)
        make_category("Tea", parent=mugs)
        delete_category(make_category("Gone", parent=mugs))
        make_category("Garden")

        assert shape(api.get(URL).json()) == {"garden": {}, "kitchen": {"mugs": {"tea": {}}}}

    def test_makes_children_of_a_deleted_parent_roots(self, api):
        kitchen = make_category("Kitchen")
        mugs = make_category("Mugs", parent=kitchen)
        make_category("Tea", parent=mugs)
        delete_category(mugs)

        assert shape(api.get(URL).json()) == {"kitchen": {}, "tea": {}}

    def test_sorts_siblings_by_position_then_name(self, api):
        for name, position in (("B", 1), ("C", 0), ("A", 1)):
            make_category(name, position=position)

        assert list(shape(api.get(URL).json())) == ["c", "a", "b"]

    def test_counts_products_as_the_list_of_categories_does(self, api):
        kitchen = make_category("Kitchen")
        mugs = make_category("Mugs", parent=kitchen)
        for category in (kitchen, mugs, mugs):
            make_product(category=category)
        delete_product(make_product(category=mugs))
        make_product(category=mugs, is_active=False)

        (node,) = api.get(URL).json()

        assert (node["product_count"], node["product_count_direct"]) == (3, 1)
        (child,) = node["children"]
        assert (child["product_count"], child["product_count_direct"]) == (2, 2)

    def test_equals_what_its_serializer_describes(self, api):
        kitchen = make_category("Kitchen", position=2)
        mugs = make_category("Mugs", parent=kitchen)
        make_category("Bowls", parent=kitchen)
        make_product(category=make_category("Tea", parent=mugs))
        roots = list_categories().filter(parent=None)

        described = CategoryTreeSerializer(roots, many=True).data

        assert api.get(URL).content == JSONRenderer().render(described)

    @pytest.mark.parametrize("width", [1, 10, 100])
    def test_makes_two_queries_at_any_size(self, api, width: int, django_assert_num_queries):
        parent = None
        for depth in range(MAX_DEPTH):
            parent = make_category(f"Level {depth}", parent=parent)
        for number in range(width):
            make_product(category=make_category(f"Child {number}"))

        with django_assert_num_queries(2):
            api.get(URL)

    def test_is_no_slug_of_a_category(self, api):
        assert api.post("/api/categories/", {"name": "T", "slug": "tree"}).status_code == 400
        assert make_category("Tree").slug == "tree-2"
