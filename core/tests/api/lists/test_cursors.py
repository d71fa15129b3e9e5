"""Walking a list by cursors, while others add and delete."""

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
ORDERINGS = ["name", "-name", "price", "-price", "stock", "created_at", "-created_at",
             "updated_at", "-updated_at", "-stock,name", "price,-name",
             "stock,-price,created_at"]  # fmt: skip


@pytest.fixture
def shop() -> None:
    """Give 23 products of which many are equal in each column that a list is ordered by."""
    for number in range(23):
        make_product(
            name=f"Mug {'äÄzZ🫖'[number % 5]}", price=Decimal(number % 3), stock=number % 4
        )


def walk(
    api, start: str, follow: str = "next", meanwhile: Callable[[], Any] = lambda: None
) -> Iterator[str]:
    """Give the ids on each page from a URL on, and do something between the pages."""
    url: str | None = start
    while url:
        page = api.get(url).json()
        rows = [row["id"] for row in page["results"]]
        yield from rows if follow == "next" else reversed(rows)
        meanwhile()
        url = page[follow]


def last_of(api, url: str) -> str:
    while following := api.get(url).json()["next"]:
        url = following
    return url


def cursor_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["cursor"][0]


class TestWalk:
    @pytest.mark.parametrize("ordering", ORDERINGS)
    @pytest.mark.parametrize("size", [1, 4, 23, 100])
    def test_gives_what_pages_by_number_give(self, api, shop, ordering: str, size: int):
        numbered = api.get(f"{URL}?ordering={ordering}&page_size=100").json()["results"]

        walked = list(walk(api, f"{URL}?ordering={ordering}&page_size={size}&cursor="))

        assert walked == [row["id"] for row in numbered]

    @pytest.mark.parametrize("ordering", ORDERINGS)
    def test_gives_the_same_backward(self, api, shop, ordering: str):
        start = f"{URL}?ordering={ordering}&page_size=5&cursor="
        forward = list(walk(api, start))

        assert list(walk(api, last_of(api, start), follow="previous")) == forward[::-1]

    @pytest.mark.parametrize("ordering", ORDERINGS)
    @pytest.mark.parametrize("follow", ["next", "previous"])
    def test_gives_what_stayed_exactly_once_while_others_come_and_go(
        self, api, shop, ordering: str, follow: str
    ):
        stayed = set(map(str, Product.objects.values_list("pk", flat=True)))
        numbers = count()

        def meanwhile() -> None:
            """Add some, and take any one away; but not for ever, or a walk would never end."""
            number = next(numbers)
            if number > 9:
                return
            for name in ("Mug A", "Mug ä", "Zzz"):
                make_product(name=name, price=Decimal(number % 3), stock=number % 4)
            gone = Product.objects.order_by("?").first()
            stayed.discard(str(gone.pk))
            delete_product(gone)

        start = f"{URL}?ordering={ordering}&page_size=3&cursor="
        if follow == "previous":
            start = last_of(api, start)
        walked = list(walk(api, start, follow, meanwhile))

        assert [walked.count(pk) for pk in stayed] == [1] * len(stayed)

    def test_ends(self, api, shop):
        page = api.get(f"{URL}?page_size=23&cursor=").json()

        assert (page["next"], page["previous"]) == (None, None)

    def test_ends_where_all_that_follows_was_deleted(self, api, shop):
        following = api.get(f"{URL}?page_size=22&cursor=").json()["next"]
        Product.objects.all().delete()

        assert api.get(following).json()["results"] == []


class TestPage:
    def test_has_no_count(self, api, shop):
        assert set(api.get(f"{URL}?cursor=").json()) == {"next", "previous", "results"}

    def test_links_its_neighbors(self, api, shop):
        second = api.get(api.get(f"{URL}?page_size=5&cursor=").json()["next"])
        page = second.json()

        assert second["Link"].split(", ") == [
            f'<{page["next"]}>; rel="next"',
            f'<{page["previous"]}>; rel="prev"',
            f'<http://testserver{URL}?cursor=&page_size=5>; rel="first"',
        ]

    def test_asks_one_query(self, api, shop, django_assert_num_queries):
        following = api.get(f"{URL}?page_size=5&cursor=").json()["next"]

        with django_assert_num_queries(1):
            api.get(following)

    @pytest.mark.parametrize("letter", ["x", "é", "日", "🫖", "'", '"', "\\"])
    def test_has_a_url_that_every_server_takes(self, api, letter: str):
        """Gunicorn, for one, takes 4,094 bytes."""
        for _ in range(3):
            make_product(name=letter * 255)

        search = quote(letter * 40)
        start = f"{URL}?page_size=1&ordering=name,-price,stock&search={search}&cursor="

        assert len(list(walk(api, start))) == 3
        assert len(api.get(start).json()["next"]) < 4_000


class TestCursor:
    @pytest.fixture
    def cursor(self, shop, api) -> str:
        make_category("Mugs")
        return cursor_of(api.get(f"{URL}?page_size=5&cursor=").json()["next"])

    def assert_refused(self, response) -> None:
        problem = response.json()
        assert (response.status_code, problem["code"]) == (400, "invalid-cursor")
        assert problem["errors"][0]["parameter"] == "cursor"

    @pytest.mark.parametrize(
        "query",
        ["ordering=name", "search=mug", "in_stock=true", "deleted=include", "attributes.a=1"],
    )
    def test_is_bound_to_its_filters_and_ordering(self, api, cursor, query: str):
        self.assert_refused(api.get(f"{URL}?{query}&cursor={cursor}"))

    def test_is_bound_to_its_list(self, api, cursor):
        self.assert_refused(api.get(f"/api/categories/?cursor={cursor}"))

    @pytest.mark.parametrize("query", ["page_size=2", "fields=name", "page_size=99&fields=id"])
    def test_is_free_of_what_only_says_how_much_is_shown(self, api, cursor, query: str):
        assert api.get(f"{URL}?{query}&cursor={cursor}").status_code == 200

    def test_is_free_of_the_order_of_parameters(self, api, shop):
        following = api.get(f"{URL}?ordering=name&in_stock=true&page_size=2&cursor=").json()["next"]

        url = f"{URL}?cursor={cursor_of(following)}&in_stock=true&ordering=name"

        assert api.get(url).status_code == 200

    @pytest.mark.parametrize("at", [0, 5, 20, -1])
    def test_is_refused_when_a_letter_of_it_is_changed(self, api, cursor, at: int):
        letters = list(cursor)
        letters[at] = "A" if letters[at] != "A" else "B"

        self.assert_refused(api.get(f"{URL}?cursor={''.join(letters)}"))

    @pytest.mark.parametrize(
        "text",
        ["x", ":", "a:b", "null", "%00", "%ff", "é", "cD0yMDI0LTEzLTQ1", "." * 5000, " ",
         signing.dumps([["2024-13-45"], False]), signing.Signer().sign("x")],
    )  # fmt: skip
    def test_is_refused_when_it_is_not_ours(self, api, shop, text: str):
        self.assert_refused(api.get(f"{URL}?cursor={text}"))

    @pytest.mark.parametrize("page", ["1", "2", ""])
    def test_takes_no_page_beside_it(self, api, cursor, page: str):
        response = api.get(f"{URL}?cursor={cursor}&page={page}")

        assert response.status_code == 400
        assert response.json()["errors"][0]["parameter"] == "page"
