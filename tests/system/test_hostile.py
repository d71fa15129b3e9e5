"""Nothing that a client sends is a failure of ours, and what is refused changes nothing."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.serializers import Serializer
from rest_framework.test import APIClient

from categories.filters import CategoryFilter
from categories.models import Category
from categories.serializers import CategorySerializer
from categories.tests.factories import make_category
from core.models import SlugRedirect
from products.filters import ProductFilter
from products.models import Product
from products.serializers import ProductSerializer
from products.tests.factories import make_product
from tests.support.hostile_inputs import BODIES, HEADERS, PARAMETERS, SLUGS, VALUES

pytestmark = pytest.mark.django_db

METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"]
WRITES = ["POST", "PUT", "PATCH", "DELETE"]
PARAMETER_NAMES = ["page", "page_size", "cursor", "fields", "attributes.a", "attributes.", "%00"]
FILTERS = {"/api/products/": ProductFilter, "/api/categories/": CategoryFilter}
NEEDED = {
    "/api/products/": {"name": '"Mug"', "price": '"1"'},
    "/api/products/blue-mug/": {},
    "/api/categories/": {"name": '"Mugs"'},
    "/api/categories/mugs/": {},
}
WRITTEN = {
    ("POST", "/api/products/"): ProductSerializer,
    ("PATCH", "/api/products/blue-mug/"): ProductSerializer,
    ("POST", "/api/categories/"): CategorySerializer,
    ("PATCH", "/api/categories/mugs/"): CategorySerializer,
}


def routes(resolver: URLResolver | None = None, start: str = "/") -> Iterator[str]:
    """Give every route under `/api/`, with regular expressions as they are."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = start + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if isinstance(pattern, URLPattern):
            yield route
        elif not route.startswith("/admin/"):
            yield from routes(pattern, route)


def places() -> list[str]:
    """Give the routes, with `{}` where an address stands: the URLconf is the list."""
    slug = "(?P<slug>[-a-zA-Z0-9]{1,255})"
    found = {route.replace(slug, "{}").removesuffix("\\Z") for route in routes()}
    return sorted(route for route in found if route.startswith(("/api/", "/health/")))


def real(place: str) -> str:
    return place.format("blue-mug" if "products" in place else "mugs")


PLACES = places()
URLS = [real(place) for place in PLACES]


@pytest.fixture(autouse=True)
def shop(db: None) -> None:
    category = make_category("Mugs")
    make_product(category=category, attributes={"a": 1})


class Sent(NamedTuple):
    """A request, in the words that a failed test shows."""

    name: str
    method: str
    url: str
    options: dict[str, Any]


def rows() -> list[Any]:
    """Read all that a request could change, without the cost of making objects of it."""
    found = []
    with connection.cursor() as cursor:
        for model in (Product, Category, SlugRedirect):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            found.append(cursor.fetchall())
    return found


def complaints(api: APIClient, requests: Iterable[Sent]) -> list[str]:
    """Send each request to the same shop, and tell what is wrong with the answers."""
    before = rows()
    found = []
    for sent in requests:
        with transaction.atomic():
            answer = api.generic(sent.method, sent.url, **sent.options)
            wrong = [*wrong_with(answer, sent), *changed_by(answer, before)]
            transaction.set_rollback(True)
        found += [f"{sent.name}: {sent.method} {sent.url[:99]}: {what}" for what in wrong]
    return found


def wrong_with(answer: HttpResponse, sent: Sent) -> Iterator[str]:
    if answer.status_code >= 500 and not sent.url.startswith("/health/"):
        yield f"is our failure, {answer.status_code}"
    if answer.status_code < 400 or sent.method == "HEAD":
        return
    if answer["Content-Type"] != "application/problem+json":
        yield f"is refused with {answer['Content-Type']}"
        return
    problem = answer.json()
    if not problem["code"] or problem["request_id"] != answer["X-Request-ID"]:
        yield f"is refused with {problem}"


def changed_by(answer: HttpResponse, before: list[Any]) -> Iterator[str]:
    try:
        with transaction.atomic():
            if answer.status_code >= 400 and rows() != before:
                yield "is refused, and changes something"
    except DatabaseError:
        yield f"is refused by the database alone, {answer.status_code}"


@pytest.mark.parametrize("url", URLS)
class TestAnyEndpoint:
    @pytest.mark.parametrize("method", METHODS)
    def test_answers_any_method(self, api, url: str, method: str):
        assert complaints(api, [Sent("plain", method, url, {})]) == []

    @pytest.mark.parametrize("method", WRITES)
    def test_answers_any_body(self, api, url: str, method: str):
        requests = [
            Sent(name, method, url, {"data": content, "content_type": kind})
            for name, (kind, content) in BODIES.items()
        ]

        assert complaints(api, requests) == []

    @pytest.mark.parametrize("method", ["GET", *WRITES])
    def test_answers_any_header(self, api, url: str, method: str):
        requests = [
            Sent(f"{header}: {value[:30]!r}", method, f"{url}?page=1", {"headers": {header: value}})
            for header, values in HEADERS.items()
            for value in values
        ]

        assert complaints(api, requests) == []

    def test_answers_any_parameter(self, api, url: str):
        names = [*FILTERS[url].base_filters, *PARAMETER_NAMES] if url in FILTERS else ["fields"]
        requests = [
            Sent(f"{parameter}, {name}", "GET", f"{url}?{parameter}={value}", {})
            for parameter in names
            for name, value in PARAMETERS.items()
        ]

        assert complaints(api, requests) == []


@pytest.mark.parametrize("place", [place for place in PLACES if "{}" in place])
@pytest.mark.parametrize("method", ["GET", "HEAD", *WRITES])
def test_any_address_is_answered(api, place: str, method: str):
    requests = [
        Sent(name, method, place.format(address), {"headers": {"Idempotency-Key": "k"}})
        for name, address in SLUGS.items()
    ]

    assert complaints(api, requests) == []


@pytest.mark.parametrize(("method", "url"), WRITTEN)
def test_any_value_of_any_field_is_answered(api, method: str, url: str):
    requests = []
    for fields in groups_of_fields(WRITTEN[method, url]):
        for name, value in VALUES.items():
            written = NEEDED[url] | dict.fromkeys(fields, value)
            body = ", ".join(f'"{field}": {text}' for field, text in written.items())
            options = {"data": f"{{{body}}}", "content_type": "application/json"}
            requests.append(Sent(f"{name} as {fields}", method, url, options))

    assert complaints(api, requests) == []


def groups_of_fields(serializer: type[Serializer]) -> list[list[str]]:
    """Give each field that is written by itself, and those that are only read together."""
    fields = serializer().fields
    read_only = [name for name, field in fields.items() if field.read_only]
    return [read_only, *([name] for name in fields if name not in read_only)]


def test_the_list_of_endpoints_is_whole():
    some = {"/api/products/", "/api/products/{}/image/retry/", "/api/categories/{}/", "/health/"}

    assert some < set(PLACES)
