"""Every example of the OpenAPI document, sent in the order of Swagger UI's page."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from tests.support.images import png

pytestmark = pytest.mark.django_db

JSON, FORM = "application/json", "multipart/form-data"
TAGS = ["categories", "products", "health", "documentation"]


def resolve(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        name = schema["$ref"].removeprefix("#/").split("/")
        schema = document
        for part in name:
            schema = schema[part]
    return schema


def prefilled_form(content: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Return the form as Swagger UI shows it: each part with its own example, files empty."""
    form = resolve(content["schema"], document)["properties"]
    return {name: part["examples"][0] for name, part in form.items() if "examples" in part}


def form_values(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: json.dumps(value) if isinstance(value, dict | bool) else value
        for name, value in values.items()
    }


def build_url(path: str, operation: dict[str, Any], document: dict[str, Any]) -> str:
    """Return the URL with the values that Swagger UI fills in: examples, or defaults."""
    query = {}
    for parameter in (resolve(one, document) for one in operation["parameters"]):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
        elif parameter["in"] == "query" and "example" in parameter:
            query[parameter["name"]] = parameter["example"]
        elif parameter["in"] == "query" and parameter["schema"].get("default"):
            query[parameter["name"]] = parameter["schema"]["default"]
    return f"{path}?{urlencode(query)}" if query else path


def example_bodies(operation: dict[str, Any], document: dict[str, Any]) -> list[tuple[Any, str]]:
    """Return the bodies that the page offers, each with its media type."""
    found: list[tuple[Any, str]] = []
    for media_type, content in operation.get("requestBody", {"content": {}})["content"].items():
        examples = [example["value"] for example in content.get("examples", {}).values()]
        if media_type == FORM:
            found += [
                (form_values(one), FORM) for one in [*examples, prefilled_form(content, document)]
            ]
        elif media_type == "image/png":
            found.append((png(), media_type))
        else:
            found += [(json.dumps(example), media_type) for example in examples]
    return found or [(None, JSON)]


def send(api: APIClient, method: str, url: str, body: Any, media_type: str) -> Any:
    call = getattr(api, method)
    if media_type == FORM:
        return call(url, body, format="multipart")
    return call(url, body, content_type=media_type) if body is not None else call(url)


def test_examples_succeed_from_the_top_of_the_page_to_its_bottom(api):
    document = SchemaGenerator().get_schema(public=True)
    operations = [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    operations.sort(key=lambda one: TAGS.index(one[2]["tags"][0]))
    assert [tag["name"] for tag in document["tags"]] == TAGS

    failed = [
        (method, path, body, response.status_code, response.content)
        for method, path, operation in operations
        for body, media_type in example_bodies(operation, document)
        for response in [send(api, method, build_url(path, operation, document), body, media_type)]
        if response.status_code >= 400 and not path.endswith("/image/retry/")
    ]
    assert failed == []


@pytest.mark.parametrize("first", [True, False])
def test_one_example_of_each_operation_succeeds_too(api, first: bool):
    """With the first example of each operation alone, or with the last one in JSON."""
    document = SchemaGenerator().get_schema(public=True)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            offered = [one for one in example_bodies(operation, document) if one[1] != FORM]
            body, media_type = (offered or example_bodies(operation, document))[0 if first else -1]
            if operation["operationId"] in {"createCategory", "createProduct"}:
                body, media_type = offered[0]
            url = build_url(path, operation, document)
            response = send(api, method, url, body, media_type)

            assert response.status_code < 400 or path.endswith("/retry/"), (method, url, body)
