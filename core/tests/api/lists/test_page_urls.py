"""URLs of pages fit into a request line, however long the filters are."""

from decimal import Decimal
from runpy import run_path
from urllib.parse import quote, urlsplit

import pytest
from django.http import QueryDict

from core.api.lists.page_urls import MAX_QUERY_LENGTH, MAX_REQUEST_LINE, query_length
from core.models import uuid7
from products.tests.factories import make_product
from tests.support.responses import error_codes

pytestmark = pytest.mark.django_db

PRODUCTS = "/api/products/"


class TestPageUrl:
    ORDERING = "ordering=name,price,stock,created_at,updated_at&page_size=1&cursor="

    @pytest.mark.parametrize("letter", ["日", "🫖", '"', "\\", "a"])
    @pytest.mark.parametrize("spelling", ["attributes.{}={}", "attributes[{}]={}"])
    def test_fits_the_request_line_of_the_longest_accepted_filters(
        self, api, letter: str, spelling: str
    ):
        attributes = {f"{letter * 9}{number}": letter * 20 for number in range(50)}
        ids = [
            make_product(
                name=letter * 255, price=Decimal("9999999999.99"), attributes=attributes
            ).pk
            for _ in range(3)
        ]
        ids += [uuid7() for _ in range(97)]
        query = f"{self.ORDERING}&id={','.join(map(str, ids))}"
        for key, value in attributes.items():
            longer = f"{query}&{spelling.format(quote(key), quote(value))}"
            if api.get(f"{PRODUCTS}?{longer}").status_code != 200:
                break
            query = longer
        assert query_length(QueryDict(query)) > MAX_QUERY_LENGTH - 500

        page = api.get(f"{PRODUCTS}?{query}").json()
        for _ in range(2):
            assert request_line_length(page["next"]) <= MAX_REQUEST_LINE
            page = api.get(page["next"]).json()
        assert (len(page["results"]), page["next"]) == (1, None)
        assert request_line_length(page["previous"]) <= MAX_REQUEST_LINE

    def test_rejects_a_query_that_is_too_long(self, api):
        response = api.get(PRODUCTS, {"sku": ",".join(f"{'x' * 60}{n}" for n in range(99))})

        assert error_codes(response) == {"sku": "max_length"}

    def test_has_the_limit_that_gunicorn_is_configured_with(self):
        gunicorn = run_path("deploy/container/gunicorn.conf.py")

        assert gunicorn["limit_request_line"] == MAX_REQUEST_LINE


def request_line_length(url: str) -> int:
    parts = urlsplit(url)
    return len(f"GET {parts.path}?{parts.query} HTTP/1.1\r\n")
