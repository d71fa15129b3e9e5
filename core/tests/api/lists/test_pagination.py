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
def users() -> None:
    """Create 25 users: a, b, c and so on."""
    User.objects.bulk_create(User(username=chr(ord("a") + number)) for number in range(25))


def get_page(query: str = "") -> dict:
    """Return the body of a page of all users, with the header `Link` as another member."""
    request = Request(APIRequestFactory().get(f"/users/?{query}"))
    paginator = CatalogPagination()
    rows = paginator.paginate_queryset(User.objects.order_by("username", "id"), request)
    response = paginator.get_paginated_response([row.username for row in rows])
    return response.data | {"Link": response["Link"]}


def error_code(query: str) -> str:
    with pytest.raises(InvalidParameters) as caught:
        get_page(query)
    return caught.value.problem_type.code


class TestPaginateByPage:
    def test_returns_twenty_rows_by_default(self, users):
        assert get_page()["results"] == list("abcdefghijklmnopqrst")

    def test_returns_the_remaining_rows_on_the_last_page(self, users):
        assert get_page("page=2")["results"] == list("uvwxy")

    def test_returns_as_many_rows_as_requested(self, users):
        assert get_page("page_size=3&page=2")["results"] == ["d", "e", "f"]

    def test_returns_an_empty_first_page_of_an_empty_list(self):
        page = get_page()

        assert (page["results"], page["count"], page["next"]) == ([], 0, None)

    def test_has_no_page_after_the_last(self, users):
        with pytest.raises(NotFound):
            get_page("page=3")

    def test_has_no_empty_page_after_a_full_one(self, users):
        page = get_page("page_size=5&page=5")

        assert (page["results"], page["next"]) == (list("uvwxy"), None)

    def test_counts_all_rows(self, users):
        page = get_page("page_size=3")

        assert (page["count"], page["count_is_exact"]) == (25, True)

    @pytest.mark.parametrize(("most", "counted"), [(25, (25, True)), (24, (24, False))])
    def test_stops_counting_at_the_maximum(self, users, monkeypatch, most, counted):
        monkeypatch.setattr(pagination, "MAX_COUNT", most)

        page = get_page("page_size=5")

        assert (page["count"], page["count_is_exact"]) == counted

    def test_links_to_the_neighboring_pages(self, users):
        page = get_page("page_size=5&page=3&search=x")

        assert page["next"] == "http://testserver/users/?page=4&page_size=5&search=x"
        assert page["previous"] == "http://testserver/users/?page=2&page_size=5&search=x"

    def test_links_to_the_first_page_without_a_number(self, users):
        assert get_page("page=2")["previous"] == "http://testserver/users/"

    def test_has_the_same_links_in_the_header(self, users):
        page = get_page("page_size=5&page=3")

        assert page["Link"] == ", ".join(
            [
                f'<{page["next"]}>; rel="next"',
                f'<{page["previous"]}>; rel="prev"',
                '<http://testserver/users/?page_size=5>; rel="first"',
            ]
        )

    def test_has_only_the_first_page_in_the_header_if_alone(self):
        assert get_page()["Link"] == '<http://testserver/users/>; rel="first"'

    @pytest.mark.parametrize("name", ["page", "page_size"])
    @pytest.mark.parametrize(
        "value", ["0", "-1", "1.5", "x", "1e3", "", "%00", "99999999999999999999", "٣", "+1", "01"]
    )
    def test_rejects_a_value_that_is_no_positive_integer(self, name, value):
        assert error_code(f"{name}={value}") == "validation-error"

    def test_rejects_a_page_size_above_the_maximum(self):
        assert error_code("page_size=101") == "validation-error"

    def test_accepts_the_maximum_page_size(self, users):
        assert len(get_page("page_size=100")["results"]) == 25

    @pytest.mark.parametrize("query", ["page=501", "page=101&page_size=100", "page=999999999"])
    def test_rejects_pages_beyond_ten_thousand_rows(self, query):
        assert error_code(query) == "use-cursor"

    @pytest.mark.parametrize("query", ["page=500", "page=100&page_size=100"])
    def test_accepts_pages_up_to_ten_thousand_rows(self, query):
        with pytest.raises(NotFound):
            get_page(query)

    def test_executes_two_queries(self, users, django_assert_num_queries):
        with django_assert_num_queries(2):
            get_page("page=2")


class TestPaginateByCursor:
    def walk(self, link: str | None, relation: str) -> list[str]:
        rows: list[str] = []
        while link is not None:
            page = get_page(link.partition("?")[2])
            rows, link = [*rows, *page["results"]], page[relation]
            assert len(rows) <= 30, "endless pages"
        return rows

    @pytest.mark.parametrize("size", [1, 4, 5, 25, 100])
    def test_returns_each_row_once(self, users, size):
        rows = self.walk(f"?cursor=&page_size={size}", "next")

        assert rows == list("abcdefghijklmnopqrstuvwxy")

    def test_returns_to_the_first_page(self, users):
        start = get_page("cursor=&page_size=10")
        second = get_page(start["next"].partition("?")[2])
        back = get_page(second["previous"].partition("?")[2])

        assert back["results"] == start["results"]
        assert back["previous"] is None

    def test_keeps_its_position_when_rows_are_added(self, users):
        page = get_page("cursor=&page_size=5")
        User.objects.create(username="a2")

        assert get_page(page["next"].partition("?")[2])["results"] == list("fghij")

    def test_does_not_count(self, users):
        assert "count" not in get_page("cursor=")

    def test_executes_one_query(self, users, django_assert_num_queries):
        with django_assert_num_queries(1):
            get_page("cursor=")

    def test_rejects_a_page_number_with_a_cursor(self):
        assert error_code("cursor=&page=2") == "validation-error"

    @pytest.mark.parametrize("cursor", ["x", "%00", "eyJ9", "a:b", "cD0yMDI0LTEzLTQ1", "é" * 99])
    def test_rejects_a_cursor_without_our_signature(self, cursor):
        assert error_code(f"cursor={cursor}") == "invalid-cursor"

    def test_rejects_a_changed_cursor(self, users):
        cursor = get_page("cursor=&page_size=5")["next"].partition("cursor=")[2].partition("&")[0]

        assert error_code(f"page_size=5&cursor=x{cursor}") == "invalid-cursor"

    def test_rejects_the_cursor_of_another_search(self, users):
        following = get_page("cursor=&page_size=5&search=x")["next"].partition("?")[2]

        assert error_code(following.replace("search=x", "search=y")) == "invalid-cursor"

    def test_accepts_another_page_size(self, users):
        following = get_page("cursor=&page_size=5")["next"].partition("?")[2]

        page = get_page(following.replace("page_size=5", "page_size=2"))

        assert page["results"] == ["f", "g"]
