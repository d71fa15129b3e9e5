"""The problems of the OpenAPI document, derived from the classes of the errors."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

from core.api.errors import api_errors
from core.api.errors.problems import (
    CONTENT_TYPE,
    MAX_ERRORS,
    PROBLEM_TYPES,
    example_of,
    status_of,
)
from core.api.openapi.components import response_headers
from core.api.openapi.operation import Schema
from core.error_base import CatalogError, Extension
from core.errors import VersionMismatch

CODES = sorted(PROBLEM_TYPES)
# No operation has these: access is open by default, and 405 is for methods without an operation.
UNDOCUMENTED = {
    api_errors.AuthenticationRequired,
    api_errors.MethodNotAllowed,
    api_errors.PermissionDenied,
    api_errors.Throttled,
}
EXAMPLES = {
    error.code: {"summary": error.title, "value": example_of(error)}
    for error in PROBLEM_TYPES.values()
    if error not in UNDOCUMENTED
}
JSON_TYPES: dict[type, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer", "minimum": 0},
    UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time"},
}


def string_schema(description: str, **keywords: Any) -> Schema:
    return {"type": "string", "description": description, **keywords}


def type_schema(annotation: Any) -> Schema:
    """Return the schema of a type of `JSON_TYPES`, of a `TypedDict` of them, or of a list."""
    if annotation in JSON_TYPES:
        return JSON_TYPES[annotation]
    if get_origin(annotation) is list:
        return {"type": "array", "items": type_schema(*get_args(annotation))}
    members = get_type_hints(annotation)
    return {
        "type": "object",
        "required": list(members),
        "properties": {name: type_schema(member) for name, member in members.items()},
    }


def extension_schema(extension: Extension, codes: list[str]) -> Schema:
    names = ", ".join(f"`{code}`" for code in codes)
    formats = {"format": extension.format} if extension.format else {}
    description = f"{names}: {extension.description}."
    return {**type_schema(extension.type), **formats, "description": description}


def extension_schemas() -> dict[str, Schema]:
    """Return the schemas of all extension members, with the codes that have them."""
    codes = defaultdict(list)
    extensions = {}
    for error in PROBLEM_TYPES.values():
        for name, extension in error.members.items():
            codes[name].append(error.code)
            extensions[name] = extension
    return {name: extension_schema(found, codes[name]) for name, found in extensions.items()}


ERROR = {
    "type": "object",
    "description": "One error in the body or in the query.",
    "required": ["code", "detail"],
    "properties": {
        "pointer": string_schema("The place in the body, as a JSON pointer (RFC 6901)."),
        "parameter": string_schema("The query parameter."),
        "code": string_schema("The error, for programs."),
        "detail": string_schema("The error, for people."),
        "did_you_mean": string_schema("The nearest name that exists."),
        "type": string_schema("Of a conflict: the restored model, `category` or `product`."),
        "id": string_schema("Of a conflict: the id of the row not restored.", format="uuid"),
        "slug": string_schema("Of a conflict: the slug that is taken."),
        "sku": string_schema("Of a conflict: the SKU that is taken."),
        "holder": string_schema("Of a conflict: the id of the row that has it.", format="uuid"),
    },
}
STANDARD_MEMBERS = {
    "type": string_schema("The URL of a page about this type of problem.", format="uri-reference"),
    "title": string_schema("The type of problem, in a few words."),
    "status": {"type": "integer", "minimum": 400, "maximum": 599},
    "code": string_schema("The type of problem, for programs. Stable.", enum=CODES),
    "detail": string_schema("What happened in this request, for people."),
    "instance": string_schema("The path of the request.", format="uri-reference"),
    "request_id": string_schema("The `X-Request-ID`, to be quoted to the operator."),
    "errors": {
        "type": "array",
        "maxItems": MAX_ERRORS,
        "items": {"$ref": "#/components/schemas/ProblemError"},
    },
    "more_errors": {
        "type": "integer",
        "minimum": 1,
        "description": f"How many errors there are beyond the first {MAX_ERRORS}.",
    },
}
SCHEMAS = {
    "ProblemError": ERROR,
    "Problem": {
        "type": "object",
        "description": "A failure (RFC 9457). The members after `more_errors` belong to the codes"
        " that their descriptions name.",
        "required": ["type", "title", "status", "code", "detail", "instance", "request_id"],
        "properties": STANDARD_MEMBERS | extension_schemas(),
    },
}


def problem_responses(errors: Iterable[type[CatalogError]]) -> dict[str, Schema]:
    """Return the responses of an operation that may fail with these errors, by status."""
    by_status = defaultdict(list)
    for code in dict.fromkeys(error.code for error in errors):  # several errors may share one
        by_status[status_of(PROBLEM_TYPES[code])].append(PROBLEM_TYPES[code])
    return {str(status): problem_response(found) for status, found in sorted(by_status.items())}


def problem_response(errors: list[type[CatalogError]]) -> Schema:
    """Return the response with any of these problems, which share a status."""
    names = ["Retry-After"] if any(error.retry_after for error in errors) else []
    names += ["ETag"] if VersionMismatch in errors else []
    examples = {error.code: {"$ref": f"#/components/examples/{error.code}"} for error in errors}
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}
    return {
        "description": "; ".join(error.title for error in errors) + ".",
        "content": {CONTENT_TYPE: problem},
        "headers": response_headers(*names),
    }
