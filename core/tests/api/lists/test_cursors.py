"""Pagination by cursor, also while rows are added and deleted."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import count
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.core import signing

from categories.tests.factories import make_category
from products.models import Product
from products.services import delete_product
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db

URL = "/api/products/"
CURSOR_OF_AN_EARLIER_RELEASE = (
    "W1siNS4wMDAwIiwiTXVnIiwiMDFhMjEyMmUtNDY2YS03MTg0LWExNmEtZTdlYmRjMDczZWI3Il0sZmFsc2Vd"
    ":VHx-56JQKW4g88d1cXkLuCmJhWxJJQ6Cfx1uDOAz6m0"
)
ORDERINGS = ["name", "-name", "price", "-price", "stock", "created_at", "-created_at",
             "updated_at", "-updated_at", "-stock,name", "price,-name",
             "stock,-price,created_at"]  # fmt: skip


@pytest.fixture
def products() -> None:
    """Create 23 products, with many equal values in each column that a list can be ordered by."""
    for number in range(23):
        make_product(
            name=f"Mug {'äÄzZ🫖'[number % 5]}", price=Decimal(number % 3), stock=number % 4
        )


def walk(
    api, start: str, follow: str = "next", meanwhile: Callable[[], Any] = lambda: None
) -> Iterator[str]:
    """Yield the ids on each page from a URL on, and call `meanwhile` after each page."""
    url: str | None = start
    while url:
        page = api.get(url).json()
        rows = [row["id"] for row in page["results"]]
        yield from rows if follow == "next" else reversed(rows)
        meanwhile()
        url = page[follow]


def last_page_url(api, url: str) -> str:
    while following := api.get(url).json()["next"]:
        url = following
    return url


def cursor_in(url: str) -> str:
    return parse_qs(urlsplit(url).query)["cursor"][0]


class TestPagination:
    @pytest.mark.parametrize("ordering", ORDERINGS)
    @pytest.mark.parametrize("size", [1, 4, 23, 100])
    def test_returns_the_rows_of_pages_by_number(self, api, products, ordering: str, size: int):
        numbered = api.get(f"{URL}?ordering={ordering}&page_size=100").json()["results"]

        walked = list(walk(api, f"{URL}?ordering={ordering}&page_size={size}&cursor="))

        assert walked == [row["id"] for row in numbered]

    @pytest.mark.parametrize("ordering", ORDERINGS)
    def test_returns_the_same_rows_backward(self, api, products, ordering: str):
        start = f"{URL}?ordering={ordering}&page_size=5&cursor="
        forward = list(walk(api, start))

        assert list(walk(api, last_page_url(api, start), follow="previous")) == forward[::-1]

    @pytest.mark.parametrize("ordering", ORDERINGS)
    @pytest.mark.parametrize("follow", ["next", "previous"])
    def test_returns_rows_once_while_others_are_added_and_deleted(
        self, api, products, ordering: str, follow: str
    ):
        stayed = set(map(str, Product.objects.values_list("pk", flat=True)))
        numbers = count()

        def meanwhile() -> None:
            """Add three products and delete one, ten times at most, so that the walk ends."""
            number = next(numbers)
            if number > 9:
                return
            for name in ("Mug A", "Mug ä", "Zzz"):
                make_product(name=name, price=Decimal(number % 3), stock=number % 4)
            deleted = Product.objects.order_by("?").first()
            stayed.discard(str(deleted.pk))
            delete_product(deleted)

        start = f"{URL}?ordering={ordering}&page_size=3&cursor="
        if follow == "previous":
            start = last_page_url(api, start)
        walked = list(walk(api, start, follow, meanwhile))

        assert [walked.count(pk) for pk in stayed] == [1] * len(stayed)

    def test_has_no_neighbors_on_a_single_page(self, api, products):
        page = api.get(f"{URL}?page_size=23&cursor=").json()

        assert (page["next"], page["previous"]) == (None, None)

    def test_ends_with_an_empty_page_if_the_next_rows_were_deleted(self, api, products):
        following = api.get(f"{URL}?page_size=22&cursor=").json()["next"]
        Product.objects.all().delete()

        assert api.get(following).json()["results"] == []


class TestPage:
    def test_has_no_count(self, api, products):
        assert set(api.get(f"{URL}?cursor=").json()) == {"next", "previous", "results"}

    def test_links_to_its_neighbors(self, api, products):
        second = api.get(api.get(f"{URL}?page_size=5&cursor=").json()["next"])
        page = second.json()

        assert second["Link"].split(", ") == [
            f'<{page["next"]}>; rel="next"',
            f'<{page["previous"]}>; rel="prev"',
            f'<http://testserver{URL}?cursor=&page_size=5>; rel="first"',
        ]

    def test_executes_one_query(self, api, products, django_assert_num_queries):
        following = api.get(f"{URL}?page_size=5&cursor=").json()["next"]

        with django_assert_num_queries(1):
            api.get(following)

    @pytest.mark.parametrize("character", ["x", "é", "日", "🫖", "'", '"', "\\"])
    def test_has_a_url_within_the_limits_of_servers(self, api, character: str):
        """Gunicorn accepts 4,094 bytes by default."""
        for _ in range(3):
            make_product(name=character * 255)

        search = quote(character * 40)
        start = f"{URL}?page_size=1&ordering=name,-price,stock&search={search}&cursor="

        assert len(list(walk(api, start))) == 3
        assert len(api.get(start).json()["next"]) < 4_000


class TestCursor:
    @pytest.fixture
    def cursor(self, products, api) -> str:
        make_category("Mugs")
        return cursor_in(api.get(f"{URL}?page_size=5&cursor=").json()["next"])

    def assert_invalid(self, response) -> None:
        problem = response.json()
        assert (response.status_code, problem["code"]) == (400, "invalid-cursor")
        assert problem["errors"][0]["parameter"] == "cursor"

    @pytest.mark.parametrize(
        "query",
        ["ordering=name", "search=mug", "in_stock=true", "deleted=include", "attributes.a=1"],
    )
    def test_is_valid_for_its_filters_and_ordering_only(self, api, cursor, query: str):
        self.assert_invalid(api.get(f"{URL}?{query}&cursor={cursor}"))

    def test_is_valid_for_its_list_only(self, api, cursor):
        self.assert_invalid(api.get(f"/api/categories/?cursor={cursor}"))

    @pytest.mark.parametrize("query", ["page_size=2", "fields=name", "page_size=99&fields=id"])
    def test_is_valid_for_any_page_size_and_fields(self, api, cursor, query: str):
        assert api.get(f"{URL}?{query}&cursor={cursor}").status_code == 200

    def test_is_valid_for_any_order_of_parameters(self, api, products):
        following = api.get(f"{URL}?ordering=name&in_stock=true&page_size=2&cursor=").json()["next"]

        url = f"{URL}?cursor={cursor_in(following)}&in_stock=true&ordering=name"

        assert api.get(url).status_code == 200

    def test_is_valid_in_later_releases(self, api, settings):
        settings.SECRET_KEY = "the key of a cursor that is in use"
        make_product(name="Mug", price=Decimal(6))
        following = make_product(name="Mug", price=Decimal(4))

        url = f"{URL}?ordering=-price,name&min_price=1&cursor={CURSOR_OF_AN_EARLIER_RELEASE}"
        response = api.get(url)

        assert response.status_code == 200
        assert [row["id"] for row in response.json()["results"]] == [str(following.pk)]

    @pytest.mark.parametrize("at", [0, 5, 20, -1])
    def test_is_invalid_if_a_character_was_changed(self, api, cursor, at: int):
        characters = list(cursor)
        characters[at] = "A" if characters[at] != "A" else "B"

        self.assert_invalid(api.get(f"{URL}?cursor={''.join(characters)}"))

    @pytest.mark.parametrize(
        "text",
        ["x", ":", "a:b", "null", "%00", "%ff", "é", "cD0yMDI0LTEzLTQ1", "." * 5000, " ",
         pytest.param(signing.dumps([["2024-13-45"], False]), id="signed for something else"),
         signing.Signer().sign("x")],
    )  # fmt: skip
    def test_is_invalid_without_our_signature(self, api, products, text: str):
        self.assert_invalid(api.get(f"{URL}?cursor={text}"))

    @pytest.mark.parametrize("page", ["1", "2", ""])
    def test_must_not_be_combined_with_a_page(self, api, cursor, page: str):
        response = api.get(f"{URL}?cursor={cursor}&page={page}")

        assert response.status_code == 400
        assert response.json()["errors"][0]["parameter"] == "page"
