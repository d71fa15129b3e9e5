"""`GET /api/products/`."""

from decimal import Decimal

import pytest

from categories.tests.factories import make_category
from products.tests.factories import make_product
from tests.support.responses import error_codes, result_names

pytestmark = pytest.mark.django_db

URL = "/api/products/"


class TestList:
    @pytest.fixture
    def products(self) -> None:
        """Create four products in a category and its child."""
        kitchen = make_category("Kitchen")
        mugs = make_category("Mugs", parent=kitchen)
        make_product(name="Blue mug", price=Decimal(12), stock=3, category=mugs, sku="BM")
        make_product(name="Red mug", price=Decimal(8), category=mugs, is_active=False)
        make_product(name="100% spoon", price=Decimal(2), stock=1, category=kitchen)
        make_product(name="Rake", price=Decimal(20), description="Blue handle")

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["Rake", "100% spoon", "Red mug", "Blue mug"]),
            ("?ordering=price", ["100% spoon", "Red mug", "Blue mug", "Rake"]),
            ("?ordering=-name", ["Red mug", "Rake", "Blue mug", "100% spoon"]),
            ("?ordering=is_active,price", None),
            ("?category=mugs&ordering=name", ["Blue mug", "Red mug"]),
            ("?category=kitchen&ordering=name", ["100% spoon", "Blue mug", "Red mug"]),
            ("?category=kitchen&category_scope=exact", ["100% spoon"]),
            ("?category=mugs,kitchen&ordering=name", ["100% spoon", "Blue mug", "Red mug"]),
            ("?min_price=8&max_price=12&ordering=price", ["Red mug", "Blue mug"]),
            ("?in_stock=true&ordering=name", ["100% spoon", "Blue mug"]),
            ("?in_stock=false&ordering=name", ["Rake", "Red mug"]),
            ("?is_active=false", ["Red mug"]),
            ("?search=blue&ordering=name", ["Blue mug", "Rake"]),
            ("?search=MUG+blue", ["Blue mug"]),
            ("?search=bm", ["Blue mug"]),
            ("?search=100%25", ["100% spoon"]),
            ("?search=_", []),
            ("?page_size=2&ordering=name&page=2", ["Rake", "Red mug"]),
        ],
    )
    def test_filters_and_orders(self, api, products, query: str, expected: list[str] | None):
        response = api.get(URL + query)

        if expected is None:
            assert response.status_code == 400
        else:
            assert result_names(response) == expected

    @pytest.mark.parametrize(
        ("query", "error"),
        [
            ("min_prise=5", {"min_prise": "unknown-parameter"}),
            ("min_price=cheap", {"min_price": "invalid"}),
            ("min_price=1e400", {"min_price": "max_value"}),
            ("min_price=99999999999", {"min_price": "max_whole_digits"}),
            ("max_price=NaN", {"max_price": "invalid"}),
            ("in_stock=2", {"in_stock": "invalid"}),
            ("ordering=password", {"ordering": "invalid_choice"}),
            ("category=mgs", {"category": "unknown"}),
            ("category=,", {"category": "unknown"}),
            ("category_scope=all", {"category_scope": "invalid_choice"}),
            ("search=" + "x" * 201, {"search": "max_length"}),
            ("search=%00", {"search": "null_characters_not_allowed"}),
            ("page=0", {"page": "invalid"}),
            ("page=-1", {"page": "invalid"}),
            ("page=x", {"page": "invalid"}),
            ("page=99999999999999999999", {"page": "invalid"}),
            ("page_size=101", {"page_size": "invalid"}),
            ("page_size=0", {"page_size": "invalid"}),
            ("page=501", {"page": "use-cursor"}),
        ],
    )
    def test_rejects_an_invalid_parameter_and_names_it(
        self, api, products, query: str, error: dict
    ):
        response = api.get(f"{URL}?{query}")

        assert response.status_code == 400
        assert error_codes(response) == error

    def test_suggests_a_known_parameter(self, api):
        errors = api.get(f"{URL}?min_prise=5").json()["errors"]

        assert errors[0]["did_you_mean"] == "min_price"

    def test_returns_the_count_and_the_neighboring_pages(self, api, products):
        response = api.get(f"{URL}?page_size=2&page=2&ordering=name")
        body = response.json()

        assert (body["count"], body["count_is_exact"], body["next"]) == (4, True, None)
        assert body["previous"] == f"http://testserver{URL}?ordering=name&page_size=2"
        assert 'rel="prev"' in response["Link"]
        assert 'rel="first"' in response["Link"]

    def test_returns_404_for_a_page_after_the_last(self, api, products):
        assert api.get(f"{URL}?page=2").status_code == 404

    def test_breaks_ties_by_id(self, api):
        for _ in range(5):
            make_product(name="Same")

        up = [row["id"] for row in api.get(f"{URL}?ordering=name").json()["results"]]
        down = [row["id"] for row in api.get(f"{URL}?ordering=-name").json()["results"]]

        assert up == sorted(up)
        assert down == up[::-1]

    @pytest.mark.parametrize("rows", [1, 10, 100])
    def test_executes_two_queries_for_any_number_of_rows(
        self, api, rows: int, django_assert_num_queries
    ):
        category = make_category()
        for _ in range(rows):
            make_product(category=category)

        with django_assert_num_queries(2):
            response = api.get(f"{URL}?page_size=100")

        assert len(response.json()["results"]) == rows
