"""No input causes a 5xx response, and rejected requests change nothing."""

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
REQUIRED = {
    "/api/products/": {"name": '"Mug"', "price": '"1"'},
    "/api/products/blue-mug/": {},
    "/api/categories/": {"name": '"Mugs"'},
    "/api/categories/mugs/": {},
}
WRITABLE = {
    ("POST", "/api/products/"): ProductSerializer,
    ("PATCH", "/api/products/blue-mug/"): ProductSerializer,
    ("POST", "/api/categories/"): CategorySerializer,
    ("PATCH", "/api/categories/mugs/"): CategorySerializer,
}


def routes(resolver: URLResolver | None = None, start: str = "/") -> Iterator[str]:
    """Yield every route but the admin's, with regular expressions as they are."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = start + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if isinstance(pattern, URLPattern):
            yield route
        elif not route.startswith("/admin/"):
            yield from routes(pattern, route)


def route_templates() -> list[str]:
    """Return the routes of the API and of health, with `{}` in place of a slug."""
    slug = "(?P<slug>[-a-zA-Z0-9]{1,255})"
    found = {route.replace(slug, "{}").removesuffix("\\Z") for route in routes()}
    return sorted(route for route in found if route.startswith(("/api/", "/health/")))


def fill_in(template: str) -> str:
    return template.format("blue-mug" if "products" in template else "mugs")


TEMPLATES = route_templates()
URLS = [fill_in(template) for template in TEMPLATES]


@pytest.fixture(autouse=True)
def catalog_rows(db: None) -> None:
    category = make_category("Mugs")
    make_product(category=category, attributes={"a": 1})


class HostileRequest(NamedTuple):
    """A request, with the name that a failed test shows."""

    name: str
    method: str
    url: str
    options: dict[str, Any]


def rows() -> list[Any]:
    """Return all rows that a request could change, without the cost of model instances."""
    found = []
    with connection.cursor() as cursor:
        for model in (Product, Category, SlugRedirect):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            found.append(cursor.fetchall())
    return found


def find_failures(api: APIClient, requests: Iterable[HostileRequest]) -> list[str]:
    """Send each request in a transaction that is rolled back; return what is wrong with them."""
    before = rows()
    found = []
    for request in requests:
        with transaction.atomic():
            response = api.generic(request.method, request.url, **request.options)
            wrong = [*response_errors(response, request), *side_effects(response, before)]
            transaction.set_rollback(True)
        found += [f"{request.name}: {request.method} {request.url[:99]}: {what}" for what in wrong]
    return found


def response_errors(response: HttpResponse, request: HostileRequest) -> Iterator[str]:
    if response.status_code >= 500 and not request.url.startswith("/health/"):
        yield f"is a server error, {response.status_code}"
    if response.status_code < 400 or request.method == "HEAD":
        return
    if response["Content-Type"] != "application/problem+json":
        yield f"is rejected with {response['Content-Type']}"
        return
    problem = response.json()
    if not problem["code"] or problem["request_id"] != response["X-Request-ID"]:
        yield f"is rejected with {problem}"


def side_effects(response: HttpResponse, before: list[Any]) -> Iterator[str]:
    try:
        with transaction.atomic():
            if response.status_code >= 400 and rows() != before:
                yield "is rejected, and changes rows"
    except DatabaseError:
        yield f"is rejected by the database only, {response.status_code}"


@pytest.mark.parametrize("url", URLS)
class TestAnyEndpoint:
    @pytest.mark.parametrize("method", METHODS)
    def test_survives_any_method(self, api, url: str, method: str):
        assert find_failures(api, [HostileRequest("plain", method, url, {})]) == []

    @pytest.mark.parametrize("method", WRITES)
    def test_survives_any_body(self, api, url: str, method: str):
        requests = [
            HostileRequest(name, method, url, {"data": content, "content_type": content_type})
            for name, (content_type, content) in BODIES.items()
        ]

        assert find_failures(api, requests) == []

    @pytest.mark.parametrize("method", ["GET", *WRITES])
    def test_survives_any_header(self, api, url: str, method: str):
        requests = [
            HostileRequest(
                f"{header}: {value[:30]!r}", method, f"{url}?page=1", {"headers": {header: value}}
            )
            for header, values in HEADERS.items()
            for value in values
        ]

        assert find_failures(api, requests) == []

    def test_survives_any_parameter(self, api, url: str):
        names = [*FILTERS[url].base_filters, *PARAMETER_NAMES] if url in FILTERS else ["fields"]
        requests = [
            HostileRequest(f"{parameter}, {name}", "GET", f"{url}?{parameter}={value}", {})
            for parameter in names
            for name, value in PARAMETERS.items()
        ]

        assert find_failures(api, requests) == []


@pytest.mark.parametrize("template", [template for template in TEMPLATES if "{}" in template])
@pytest.mark.parametrize("method", ["GET", "HEAD", *WRITES])
def test_any_slug_is_handled(api, template: str, method: str):
    requests = [
        HostileRequest(name, method, template.format(slug), {"headers": {"Idempotency-Key": "k"}})
        for name, slug in SLUGS.items()
    ]

    assert find_failures(api, requests) == []


@pytest.mark.parametrize(("method", "url"), WRITABLE)
def test_any_value_of_any_field_is_handled(api, method: str, url: str):
    requests = []
    for fields in field_groups(WRITABLE[method, url]):
        for name, value in VALUES.items():
            written = REQUIRED[url] | dict.fromkeys(fields, value)
            body = ", ".join(f'"{field}": {text}' for field, text in written.items())
            options = {"data": f"{{{body}}}", "content_type": "application/json"}
            requests.append(HostileRequest(f"{name} as {fields}", method, url, options))

    assert find_failures(api, requests) == []


def field_groups(serializer: type[Serializer]) -> list[list[str]]:
    """Return each writable field in a group of its own, and all read-only ones in one."""
    fields = serializer().fields
    read_only = [name for name, field in fields.items() if field.read_only]
    return [read_only, *([name] for name in fields if name not in read_only)]


def test_the_list_of_endpoints_is_complete():
    some = {"/api/products/", "/api/products/{}/image/retry/", "/api/categories/{}/", "/health/"}

    assert some < set(TEMPLATES)
