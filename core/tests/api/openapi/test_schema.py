import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

from core.api.errors.problems import PROBLEM_TYPES
from core.api.openapi.problems import EXAMPLES

SCHEMA = SchemaGenerator().get_schema(public=True)
OPERATIONS = {
    operation["operationId"]: operation
    for operations in SCHEMA["paths"].values()
    for operation in operations.values()
}
UNKNOWN = "NotFoundView"  # whatever lies under /api/ and is nothing


def routes(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        path = prefix + re.sub(r"[\^$]|\\Z", "", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, path)
        else:
            yield re.sub(r"\(\?P<(\w+)>.+\)", r"{\1}", path), pattern


def methods(pattern: URLPattern) -> set[str]:
    """Name the methods of a route, as the schema does: without those that come with others."""
    view = pattern.callback.cls
    actions = getattr(pattern.callback, "actions", None) or {
        method: None for method in view.http_method_names if hasattr(view, method)
    }
    return set(actions) - {"head", "options"}


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give all that is sent in an operation, either way, by media type."""
    yield from operation.get("requestBody", {}).get("content", {}).items()
    for answer in operation["responses"].values():
        yield from answer.get("content", {}).items()


class TestPaths:
    def test_has_every_route_with_its_methods(self):
        found = {
            path: methods(pattern)
            for path, pattern in routes(get_resolver())
            if path.startswith(("/api/", "/health/")) and pattern.callback.cls.__name__ != UNKNOWN
        }

        assert {path: set(operations) for path, operations in SCHEMA["paths"].items()} == found

    def test_ends_each_path_with_a_slash_as_the_canonical_url_does(self):
        assert all(path.endswith("/") for path in SCHEMA["paths"])

    def test_is_generated_without_a_warning(self):
        call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())

    def test_is_the_same_each_time(self):
        assert SchemaGenerator().get_schema(public=True) == SCHEMA

    def test_names_no_operation_twice(self):
        operations = [one for path in SCHEMA["paths"].values() for one in path.values()]

        assert len(OPERATIONS) == len(operations)

    def test_reads_well_in_a_client(self):
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
    def test_has_words_and_a_tag(self, operation):
        assert operation["summary"]
        assert len(operation["tags"]) == 1
        assert operation["tags"][0] in {tag["name"] for tag in SCHEMA["tags"]}

    def test_has_examples_of_all_that_is_sent(self, operation):
        for media_type, content in contents(operation):
            assert content.get("examples") or media_type.startswith("image/")

    def test_describes_each_parameter_with_an_example(self, operation):
        named = SCHEMA["components"]["parameters"]
        for parameter in operation["parameters"]:
            parameter = named.get(parameter.get("$ref", "").rpartition("/")[2], parameter)

            assert parameter["description"], parameter["name"]
            assert "example" in parameter or parameter["schema"]["examples"]

    def test_tells_its_problems(self, operation):
        assert operation["responses"].keys() >= {"406", "500"}
        for status, answer in operation["responses"].items():
            is_report = status == "503" and "application/json" in answer.get("content", {})
            if status < "400" or is_report:
                continue

            assert list(answer["content"]) == ["application/problem+json"]
            for code in answer["content"]["application/problem+json"]["examples"]:
                assert EXAMPLES[code]["value"]["status"] == int(status)

    def test_has_a_request_id_on_every_answer(self, operation):
        for answer in operation["responses"].values():
            assert "X-Request-ID" in answer["headers"]


class TestComponents:
    def test_every_problem_has_its_title(self):
        assert EXAMPLES.keys() <= PROBLEM_TYPES.keys()

    def test_requires_every_field_of_an_answer(self):
        product = SCHEMA["components"]["schemas"]["Product"]

        assert set(product["required"]) == set(product["properties"])

    def test_refuses_unknown_fields_of_a_request(self):
        for name, schema in SCHEMA["components"]["schemas"].items():
            if name.endswith(("Request", "Form")):
                assert schema["additionalProperties"] is False

    def test_names_a_branch_of_branches(self):
        branch = SCHEMA["components"]["schemas"]["CategoryBranch"]

        assert branch["properties"]["children"]["items"] == {
            "$ref": "#/components/schemas/CategoryBranch"
        }

    def test_takes_a_picture_as_a_file_in_a_form(self):
        form = SCHEMA["components"]["schemas"]["ProductForm"]["properties"]

        assert form["image"]["format"] == "binary"
        assert "id" not in form
