"""Every path and method rejects query parameters that it does not have."""

import pytest

from categories.tests.factories import make_category
from core.models import uuid7
from products.services import delete_product
from products.tests.factories import make_product
from tests.support.responses import error_codes, result_names

pytestmark = pytest.mark.django_db

PRODUCTS, CATEGORIES = "/api/products/", "/api/categories/"
REQUESTS = [
    ("GET", PRODUCTS),
    ("HEAD", PRODUCTS),
    ("POST", PRODUCTS),
    ("GET", f"{PRODUCTS}blue-mug/"),
    ("HEAD", f"{PRODUCTS}blue-mug/"),
    ("PUT", f"{PRODUCTS}blue-mug/"),
    ("PATCH", f"{PRODUCTS}blue-mug/"),
    ("DELETE", f"{PRODUCTS}blue-mug/"),
    ("POST", f"{PRODUCTS}blue-mug/restore/"),
    ("PUT", f"{PRODUCTS}blue-mug/image/"),
    ("DELETE", f"{PRODUCTS}blue-mug/image/"),
    ("POST", f"{PRODUCTS}blue-mug/image/retry/"),
    ("GET", CATEGORIES),
    ("POST", CATEGORIES),
    ("GET", f"{CATEGORIES}tree/"),
    ("GET", f"{CATEGORIES}mugs/"),
    ("PUT", f"{CATEGORIES}mugs/"),
    ("PATCH", f"{CATEGORIES}mugs/"),
    ("DELETE", f"{CATEGORIES}mugs/"),
    ("POST", f"{CATEGORIES}mugs/restore/"),
    ("GET", "/api/schema/"),
    ("GET", "/api/docs/"),
    ("GET", "/api/redoc/"),
]
BODY = {"name": "Changed", "price": "1"}


@pytest.fixture
def product():
    return make_product(category=make_category(), sku="MUG-1", attributes={"vegan": True})


class TestUnknownParameter:
    @pytest.mark.parametrize(("method", "path"), REQUESTS)
    def test_is_rejected_on_every_path_and_method(self, api, product, method: str, path: str):
        response = api.generic(method, f"{path}?dry_run=true")

        assert response.status_code == 400
        if method != "HEAD":
            assert error_codes(response) == {"dry_run": "unknown-parameter"}
            assert response.json()["code"] == "unknown-parameter"

    def test_changes_nothing(self, api, product):
        assert api.delete(f"{PRODUCTS}blue-mug/?dry_run=true").status_code == 400
        assert api.patch(f"{PRODUCTS}blue-mug/?dry=1", BODY).status_code == 400

        assert api.get(f"{PRODUCTS}blue-mug/").json()["name"] == "Blue mug"

    def test_comes_before_a_missing_object(self, api):
        assert api.get(f"{PRODUCTS}nothing/?x=1").status_code == 400

    def test_is_suggested_a_name_that_is_known(self, api, product):
        (error,) = api.delete(f"{CATEGORIES}mugs/?stratgy=cascade").json()["errors"]

        assert error["did_you_mean"] == "strategy"

    @pytest.mark.parametrize("path", ["/health/", "/health/ready/", "/health/live/"])
    def test_keeps_no_probe_from_learning_the_state(self, api, path: str):
        assert api.get(f"{path}?x=1").status_code == 200


class TestParameterThatIsNotUtf8:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("get", f"{PRODUCTS}?search=M%FCller"),
            ("get", f"{PRODUCTS}?search=a&search=%C3"),
            ("get", f"{CATEGORIES}?page=1&search=%ED%A0%80"),
            ("get", f"{PRODUCTS}mug/?search=%FF"),
            ("delete", f"{CATEGORIES}mugs/?search=%FF"),
            ("get", "/api/schema/?search=%FF"),
        ],
    )
    def test_is_rejected_on_every_path_and_method(self, api, product, method: str, path: str):
        response = getattr(api, method)(path)

        assert (response.status_code, error_codes(response)) == (400, {"search": "invalid"})

    @pytest.mark.parametrize("query", ["search=%EF%BF%BD", "search=%C3%BC", "search=%25FF"])
    def test_is_not_what_only_looks_like_it(self, api, query: str):
        assert api.get(f"{PRODUCTS}?{query}").status_code == 200


class TestRepeatedParameter:
    @pytest.mark.parametrize(
        "query",
        [
            "min_price=1&min_price=2",
            "page=1&page=1",
            "cursor=&cursor=",
            "search=a&search=b",
            "is_active=true&is_active=true",
            "deleted=only&deleted=include",
            "attributes.vegan=true&attributes.vegan=false",
            "attributes.vegan=true&attributes[vegan]=true",
            "category_scope=exact&category_scope=tree",
        ],
    )
    def test_is_rejected_where_there_is_one_value(self, api, query: str):
        response = api.get(f"{PRODUCTS}?{query}")

        assert set(error_codes(response).values()) == {"repeated"}

    def test_is_rejected_on_a_deletion(self, api, product):
        response = api.delete(f"{CATEGORIES}mugs/?strategy=restrict&strategy=cascade")

        assert (response.status_code, error_codes(response)) == (400, {"strategy": "repeated"})

    @pytest.mark.parametrize(
        "query",
        ["category=mugs&category=pots", "category=mugs,pots", "category=mugs,cups&category=pots"],
    )
    def test_counts_where_there_is_a_comma_list(self, api, query: str):
        for name in ("Mugs", "Pots", "Cups"):
            make_product(name=name, category=make_category(name))

        found = api.get(f"{PRODUCTS}?{query}&ordering=name")

        assert {"Mugs", "Pots"} <= set(result_names(found))
        assert ("Cups" in result_names(found)) == ("cups" in query)

    def test_counts_for_fields_ordering_ids_and_skus(self, api):
        first, second = make_product(name="A", sku="1"), make_product(name="B", sku="2")
        make_product(name="C", sku="3")

        both = [
            api.get(f"{PRODUCTS}?id={first.pk}&id={second.pk}&ordering=price&ordering=-name"),
            api.get(f"{PRODUCTS}?sku=1&sku=2&ordering=price,-name&fields=name&fields=sku"),
        ]

        assert [result_names(response) for response in both] == [["B", "A"]] * 2
        assert set(both[1].json()["results"][0]) == {"id", "slug", "name", "sku"}

    @pytest.mark.parametrize("name", ["category", "fields", "ordering", "sku", "id"])
    def test_may_not_be_blank(self, api, name: str):
        assert name in error_codes(api.get(f"{PRODUCTS}?{name}="))
        assert name in error_codes(api.get(f"{PRODUCTS}?{name}=&{name}=name"))


class TestAttributes:
    @pytest.mark.parametrize(
        "query",
        ["attributes[vegan]=true", "attributes%5Bvegan%5D=True", "attributes.vegan=TRUE"],
    )
    def test_may_be_written_as_a_deep_object(self, api, product, query: str):
        make_product(name="Other", attributes={"vegan": False})

        assert result_names(api.get(f"{PRODUCTS}?{query}")) == ["Blue mug"]

    @pytest.mark.parametrize("key", ["a b", "a.b", "[", "]", "[0]", "é", "a]b"])
    def test_may_have_any_key(self, api, key: str):
        make_product(attributes={key: "x"})

        assert result_names(api.get(PRODUCTS, {f"attributes[{key}]": "x"})) == ["Blue mug"]

    @pytest.mark.parametrize(
        "name", ["attributes", "attributes[]", "attributes[a][b]", "attributes[a"]
    )
    def test_is_rejected_where_it_is_no_pair(self, api, name: str):
        assert error_codes(api.get(PRODUCTS, {name: "x"})) == {name: "unknown-parameter"}

    def test_is_kept_on_the_next_page(self, api):
        for _ in range(3):
            make_product(attributes={"a": "x"})
        page = api.get(f"{PRODUCTS}?attributes[a]=x&page_size=1&cursor=").json()

        assert len(api.get(page["next"]).json()["results"]) == 1


class TestCategoryNull:
    @pytest.fixture(autouse=True)
    def shop(self) -> None:
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
    def test_finds_products_without_a_live_category(self, api, query: str, expected: list[str]):
        assert result_names(api.get(f"{PRODUCTS}?{query}&ordering=name")) == expected


class TestLists:
    @pytest.mark.parametrize("number", [1, 10, 50, 100])
    def test_are_resolved_in_one_query(self, api, number: int, django_assert_num_queries):
        slugs = [make_category(f"C {n}").slug for n in range(number)]

        with django_assert_num_queries(3):
            assert api.get(f"{PRODUCTS}?category={','.join(slugs)}").status_code == 200

    def test_name_each_category_that_is_unknown(self, api):
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
    def test_reject_what_is_none(self, api, query: str, error: dict[str, str]):
        response = api.get(f"{PRODUCTS}?{query}")

        assert response.status_code == 400
        assert set(error_codes(response)) == set(error)
        assert set(error.values()) <= {one["code"] for one in response.json()["errors"]}

    def test_find_by_id_sku_and_currency(self, api):
        mug = make_product(sku="MUG-1", currency="EUR")
        delete_product(make_product(name="Gone", sku="MUG-2", currency="EUR"))

        for query in (f"id={mug.pk},{uuid7()}", "sku=MUG-1,MUG-2,x", "currency=EUR"):
            assert result_names(api.get(f"{PRODUCTS}?{query}")) == ["Blue mug"]
        assert result_names(api.get(f"{PRODUCTS}?currency=USD")) == []

    @pytest.mark.parametrize("path", [PRODUCTS, CATEGORIES])
    def test_know_the_four_times(self, api, product, path: str):
        for name in ("created", "updated"):
            assert result_names(api.get(f"{path}?{name}_after=2999-01-01T00:00:00Z")) == []
            assert len(result_names(api.get(f"{path}?{name}_before=2999-01-01T00:00:00Z"))) == 1
