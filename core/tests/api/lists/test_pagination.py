import pytest
from django.contrib.auth.models import User
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from core.api.lists import pagination
from core.api.lists.pagination import CatalogPagination
from core.api.query_parameters import InvalidParameters

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> None:
    """Make 25 people: a, b, c and so on."""
    User.objects.bulk_create(User(username=chr(ord("a") + number)) for number in range(25))


def page_of(query: str = "") -> dict:
    """Give the body of a page of all people, with its header `Link` beside it."""
    request = Request(APIRequestFactory().get(f"/people/?{query}"))
    paginator = CatalogPagination()
    rows = paginator.paginate_queryset(User.objects.order_by("username", "id"), request)
    response = paginator.get_paginated_response([row.username for row in rows])
    return response.data | {"Link": response["Link"]}


def code_of(query: str) -> str:
    with pytest.raises(InvalidParameters) as caught:
        page_of(query)
    return caught.value.problem_type.code


class TestByNumber:
    def test_gives_twenty_rows(self, people):
        assert page_of()["results"] == list("abcdefghijklmnopqrst")

    def test_gives_the_rest_on_the_last_page(self, people):
        assert page_of("page=2")["results"] == list("uvwxy")

    def test_gives_as_many_as_are_asked_for(self, people):
        assert page_of("page_size=3&page=2")["results"] == ["d", "e", "f"]

    def test_gives_an_empty_first_page_of_nothing(self):
        page = page_of()

        assert (page["results"], page["count"], page["next"]) == ([], 0, None)

    def test_has_no_page_behind_the_last(self, people):
        with pytest.raises(NotFound):
            page_of("page=3")

    def test_has_no_empty_page_behind_a_full_one(self, people):
        page = page_of("page_size=5&page=5")

        assert (page["results"], page["next"]) == (list("uvwxy"), None)

    def test_counts_all_rows(self, people):
        page = page_of("page_size=3")

        assert (page["count"], page["count_is_exact"]) == (25, True)

    @pytest.mark.parametrize(("most", "counted"), [(25, (25, True)), (24, (24, False))])
    def test_counts_only_so_far(self, people, monkeypatch, most, counted):
        monkeypatch.setattr(pagination, "MAX_COUNT", most)

        page = page_of("page_size=5")

        assert (page["count"], page["count_is_exact"]) == counted

    def test_links_to_the_pages_around(self, people):
        page = page_of("page_size=5&page=3&search=x")

        assert page["next"] == "http://testserver/people/?page=4&page_size=5&search=x"
        assert page["previous"] == "http://testserver/people/?page=2&page_size=5&search=x"

    def test_links_to_the_first_page_plainly(self, people):
        assert page_of("page=2")["previous"] == "http://testserver/people/"

    def test_says_the_same_in_the_header(self, people):
        page = page_of("page_size=5&page=3")

        assert page["Link"] == ", ".join(
            [
                f'<{page["next"]}>; rel="next"',
                f'<{page["previous"]}>; rel="prev"',
                '<http://testserver/people/?page_size=5>; rel="first"',
            ]
        )

    def test_has_a_header_without_neighbours_where_there_are_none(self):
        assert page_of()["Link"] == '<http://testserver/people/>; rel="first"'

    @pytest.mark.parametrize("name", ["page", "page_size"])
    @pytest.mark.parametrize(
        "value", ["0", "-1", "1.5", "x", "1e3", "", "%00", "99999999999999999999", "٣", "+1", "01"]
    )
    def test_refuses_what_is_no_number_of_a_page(self, name, value):
        assert code_of(f"{name}={value}") == "validation-error"

    def test_refuses_pages_that_are_too_large(self):
        assert code_of("page_size=101") == "validation-error"

    def test_takes_pages_as_large_as_they_may_be(self, people):
        assert len(page_of("page_size=100")["results"]) == 25

    @pytest.mark.parametrize("query", ["page=501", "page=101&page_size=100", "page=999999999"])
    def test_refuses_to_skip_what_a_cursor_reaches(self, query):
        assert code_of(query) == "use-cursor"

    @pytest.mark.parametrize("query", ["page=500", "page=100&page_size=100"])
    def test_may_reach_ten_thousand_rows(self, query):
        with pytest.raises(NotFound):
            page_of(query)

    def test_asks_two_questions(self, people, django_assert_num_queries):
        with django_assert_num_queries(2):
            page_of("page=2")


class TestByCursor:
    def walk(self, link: str | None, way: str) -> list[str]:
        rows: list[str] = []
        while link is not None:
            page = page_of(link.partition("?")[2])
            rows, link = [*rows, *page["results"]], page[way]
            assert len(rows) <= 30, "it goes in circles"
        return rows

    @pytest.mark.parametrize("size", [1, 4, 5, 25, 100])
    def test_reaches_each_row_once(self, people, size):
        rows = self.walk(f"?cursor=&page_size={size}", "next")

        assert rows == list("abcdefghijklmnopqrstuvwxy")

    def test_comes_back_to_the_start(self, people):
        start = page_of("cursor=&page_size=10")
        second = page_of(start["next"].partition("?")[2])
        back = page_of(second["previous"].partition("?")[2])

        assert back["results"] == start["results"]
        assert back["previous"] is None

    def test_stays_in_its_place_while_rows_come(self, people):
        page = page_of("cursor=&page_size=5")
        User.objects.create(username="a2")

        assert page_of(page["next"].partition("?")[2])["results"] == list("fghij")

    def test_does_not_count(self, people):
        assert "count" not in page_of("cursor=")

    def test_asks_one_question(self, people, django_assert_num_queries):
        with django_assert_num_queries(1):
            page_of("cursor=")

    def test_refuses_a_page_beside_it(self):
        assert code_of("cursor=&page=2") == "validation-error"

    @pytest.mark.parametrize("cursor", ["x", "%00", "eyJ9", "a:b", "cD0yMDI0LTEzLTQ1", "é" * 99])
    def test_refuses_a_cursor_that_is_not_ours(self, cursor):
        assert code_of(f"cursor={cursor}") == "invalid-cursor"

    def test_refuses_a_cursor_that_was_changed(self, people):
        cursor = page_of("cursor=&page_size=5")["next"].partition("cursor=")[2].partition("&")[0]

        assert code_of(f"page_size=5&cursor=x{cursor}") == "invalid-cursor"

    def test_refuses_the_cursor_of_another_search(self, people):
        following = page_of("cursor=&page_size=5&search=x")["next"].partition("?")[2]

        assert code_of(following.replace("search=x", "search=y")) == "invalid-cursor"

    def test_may_change_the_size_of_its_pages(self, people):
        following = page_of("cursor=&page_size=5")["next"].partition("?")[2]

        page = page_of(following.replace("page_size=5", "page_size=2"))

        assert page["results"] == ["f", "g"]
