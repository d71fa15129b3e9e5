import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

from core.api.openapi.problems import EXAMPLES

SCHEMA = SchemaGenerator().get_schema(public=True)
OPERATIONS = {
    operation["operationId"]: operation
    for operations in SCHEMA["paths"].values()
    for operation in operations.values()
}
FALLBACK = "NotFoundView"  # of every path under /api/ that has no other view


def routes(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        path = prefix + re.sub(r"[\^$]|\\Z", "", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, path)
        else:
            yield re.sub(r"\(\?P<(\w+)>.+\)", r"{\1}", path), pattern


def methods(pattern: URLPattern) -> set[str]:
    """Return the methods of a route that the document lists: neither HEAD nor OPTIONS."""
    view = pattern.callback.cls
    actions = getattr(pattern.callback, "actions", None) or {
        method: None for method in view.http_method_names if hasattr(view, method)
    }
    return set(actions) - {"head", "options"}


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the media types of the request and of the responses, with their content."""
    yield from operation.get("requestBody", {}).get("content", {}).items()
    for response in operation["responses"].values():
        yield from response.get("content", {}).items()


class TestDocument:
    def test_lists_every_route_with_its_methods(self):
        expected = {
            path: methods(pattern)
            for path, pattern in routes(get_resolver())
            if path.startswith(("/api/", "/health/")) and pattern.callback.cls.__name__ != FALLBACK
        }

        assert {path: set(operations) for path, operations in SCHEMA["paths"].items()} == expected

    def test_ends_each_path_with_a_slash_as_the_canonical_url_does(self):
        assert all(path.endswith("/") for path in SCHEMA["paths"])

    def test_is_generated_without_a_warning(self):
        call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())

    def test_is_deterministic(self):
        assert SchemaGenerator().get_schema(public=True) == SCHEMA

    def test_has_unique_operation_ids(self):
        operations = [operation for path in SCHEMA["paths"].values() for operation in path.values()]

        assert len(OPERATIONS) == len(operations)

    def test_has_operation_ids_of_verb_and_noun(self):
        assert set(OPERATIONS) == {
            "listCategories",
            "createCategory",
            "getCategory",
            "replaceCategory",
            "updateCategory",
            "deleteCategory",
            "restoreCategory",
            "getCategoryTree",
            "listProducts",
            "createProduct",
            "getProduct",
            "replaceProduct",
            "updateProduct",
            "deleteProduct",
            "restoreProduct",
            "replaceProductImage",
            "removeProductImage",
            "retryProductImage",
            "getHealth",
            "getReadiness",
            "getLiveness",
            "getSchema",
            "getDocs",
            "getRedoc",
        }


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
class TestOperation:
    def test_has_a_summary_and_a_tag(self, operation):
        assert operation["summary"]
        assert len(operation["tags"]) == 1
        assert operation["tags"][0] in {tag["name"] for tag in SCHEMA["tags"]}

    def test_has_examples_of_requests_and_responses(self, operation):
        for media_type, content in contents(operation):
            assert content.get("examples") or media_type.startswith("image/")

    def test_has_a_description_and_an_example_of_each_parameter(self, operation):
        components = SCHEMA["components"]["parameters"]
        for parameter in operation["parameters"]:
            parameter = components.get(parameter.get("$ref", "").rpartition("/")[2], parameter)

            assert parameter["description"], parameter["name"]
            assert "example" in parameter or parameter["schema"]["examples"]

    def test_lists_its_problems(self, operation):
        assert operation["responses"].keys() >= {"406", "500"}
        for status, response in operation["responses"].items():
            is_report = status == "503" and "application/json" in response.get("content", {})
            if status < "400" or is_report:
                continue

            assert list(response["content"]) == ["application/problem+json"]
            for code in response["content"]["application/problem+json"]["examples"]:
                assert EXAMPLES[code]["value"]["status"] == int(status)

    def test_has_a_request_id_on_every_response(self, operation):
        for response in operation["responses"].values():
            assert "X-Request-ID" in response["headers"]
