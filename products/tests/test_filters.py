"""The filters that only products have, and their comma lists."""

from datetime import UTC, datetime

import pytest

from categories.tests.factories import make_category
from core.models import uuid7
from products.models import Product
from products.services import delete_product
from products.tests.factories import make_product
from tests.support.responses import error_codes, result_names

pytestmark = pytest.mark.django_db

PRODUCTS, CATEGORIES = "/api/products/", "/api/categories/"


@pytest.fixture
def product():
    return make_product(category=make_category(), sku="MUG-1", attributes={"vegan": True})


class TestAttributeFilter:
    @pytest.mark.parametrize(
        "query",
        ["attributes[vegan]=true", "attributes%5Bvegan%5D=True", "attributes.vegan=TRUE"],
    )
    def test_accepts_deep_object_notation(self, api, product, query: str):
        make_product(name="Other", attributes={"vegan": False})

        assert result_names(api.get(f"{PRODUCTS}?{query}")) == ["Blue mug"]

    @pytest.mark.parametrize("key", ["a b", "a.b", "[", "]", "[0]", "é", "a]b"])
    def test_accepts_any_key(self, api, key: str):
        make_product(attributes={key: "x"})

        assert result_names(api.get(PRODUCTS, {f"attributes[{key}]": "x"})) == ["Blue mug"]

    @pytest.mark.parametrize(
        "name", ["attributes", "attributes[]", "attributes[a][b]", "attributes[a"]
    )
    def test_rejects_a_parameter_without_a_single_key(self, api, name: str):
        assert error_codes(api.get(PRODUCTS, {name: "x"})) == {name: "unknown-parameter"}

    def test_is_kept_in_the_url_of_the_next_page(self, api):
        for _ in range(3):
            make_product(attributes={"a": "x"})
        page = api.get(f"{PRODUCTS}?attributes[a]=x&page_size=1&cursor=").json()

        assert len(api.get(page["next"]).json()["results"]) == 1


class TestFilterCategory:
    @pytest.fixture(autouse=True)
    def products(self) -> None:
        mugs, gone = make_category("Mugs"), make_category("Gone")
        make_product(name="In mugs", category=mugs)
        make_product(name="In gone", category=gone)
        make_product(name="In none")
        gone.delete()

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("category=null", ["In gone", "In none"]),
            ("category=null,mugs", ["In gone", "In mugs", "In none"]),
            ("category=mugs&category=null&category_scope=exact", ["In gone", "In mugs", "In none"]),
            ("category=mugs", ["In mugs"]),
        ],
    )
    def test_selects_products_without_a_live_category(self, api, query: str, expected: list[str]):
        assert result_names(api.get(f"{PRODUCTS}?{query}&ordering=name")) == expected


class TestUpdatedBefore:
    @pytest.fixture(autouse=True)
    def products(self) -> None:
        """Create products that are created and updated on these days of January."""
        for name, created, updated in [("A", 1, 5), ("B", 2, 2), ("C", 3, 9), ("D", 8, 4)]:
            day = datetime(2026, 1, created, tzinfo=UTC), datetime(2026, 1, updated, tzinfo=UTC)
            row = make_product(name=name)
            Product.objects.filter(pk=row.pk).update(created_at=day[0], updated_at=day[1])

    @pytest.mark.parametrize("mode", ["exclude", "include"])
    def test_selects_products_also_where_clocks_differed(self, api, mode: str):
        query = f"updated_before=2026-01-06T00:00:00Z&deleted={mode}"

        page = api.get(f"{PRODUCTS}?{query}")

        assert (result_names(page), page.json()["count"]) == (["D", "B", "A"], 3)

    def test_selects_them_page_by_page(self, api):
        link, names = f"{PRODUCTS}?updated_before=2026-01-06T00:00:00Z&page_size=1&cursor=", []
        while link:
            page = api.get(link)
            names, link = names + result_names(page), page.json()["next"]

        assert names == ["D", "B", "A"]


class TestCommaLists:
    @pytest.mark.parametrize("number", [1, 10, 50, 100])
    def test_are_resolved_in_one_query(self, api, number: int, django_assert_num_queries):
        slugs = [make_category(f"C {n}").slug for n in range(number)]

        with django_assert_num_queries(4):  # the last look-up is of the categories below them
            assert api.get(f"{PRODUCTS}?category={','.join(slugs)}").status_code == 200

    def test_report_each_unknown_category(self, api):
        make_category("Mugs")

        errors = api.get(f"{PRODUCTS}?category=mgus,mugs,pots").json()["errors"]

        assert ["Did you mean 'mugs'" in error["detail"] for error in errors] == [True, False]

    @pytest.mark.parametrize(
        ("query", "error"),
        [
            ("id=1", {"id": "invalid"}),
            ("sku=a,,b", {"sku": "invalid"}),
            ("currency=usd", {"currency": "invalid_choice"}),
            ("currency=ZZZ", {"currency": "invalid_choice"}),
            ("currency=", {"currency": "blank"}),
            ("id=" + ",".join(["x"] + [str(n) for n in range(100)]), {"id": "max_items"}),
        ],
    )
    def test_reject_an_invalid_item(self, api, query: str, error: dict[str, str]):
        response = api.get(f"{PRODUCTS}?{query}")

        assert response.status_code == 400
        assert set(error_codes(response)) == set(error)
        assert set(error.values()) <= {one["code"] for one in response.json()["errors"]}

    def test_filter_by_id_sku_and_currency(self, api):
        mug = make_product(sku="MUG-1", currency="EUR")
        delete_product(make_product(name="Gone", sku="MUG-2", currency="EUR"))

        for query in (f"id={mug.pk},{uuid7()}", "sku=MUG-1,MUG-2,x", "currency=EUR"):
            assert result_names(api.get(f"{PRODUCTS}?{query}")) == ["Blue mug"]
        assert result_names(api.get(f"{PRODUCTS}?currency=USD")) == []

    @pytest.mark.parametrize("path", [PRODUCTS, CATEGORIES])
    def test_filter_by_creation_and_update_times(self, api, product, path: str):
        for name in ("created", "updated"):
            assert result_names(api.get(f"{path}?{name}_after=2999-01-01T00:00:00Z")) == []
            assert len(result_names(api.get(f"{path}?{name}_before=2999-01-01T00:00:00Z"))) == 1
