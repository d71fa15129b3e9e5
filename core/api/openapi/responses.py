"""What an operation may answer, apart from what it was asked for."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from drf_spectacular.plumbing import ResolvedComponent

from core.api.errors.api_errors import (
    BadRequest,
    CursorRequired,
    IdempotencyKeyInUse,
    IdempotencyKeyReused,
    InternalError,
    InvalidCursor,
    MalformedBody,
    NotAcceptable,
    ServiceUnavailable,
    UnknownParameter,
    UnsupportedMediaType,
)
from core.api.openapi.operation import JSON, as_examples
from core.api.openapi.problems import problem_responses
from core.errors import (
    AmbiguousSlug,
    CatalogError,
    Conflict,
    InvalidRequest,
    NotDeleted,
    NotFound,
    PayloadTooLarge,
    SlugConflict,
    SoftDeleted,
    VersionMismatch,
)

if TYPE_CHECKING:
    from core.api.openapi.schema import CatalogSchema

Schema = dict[str, Any]

ALWAYS = (NotAcceptable, InternalError)
RESOURCE = (BadRequest, ServiceUnavailable)
ONE = (NotFound, SoftDeleted)
BODY = (PayloadTooLarge, UnsupportedMediaType)
GUARDED = (VersionMismatch, Conflict)
REPEATABLE = (Conflict, IdempotencyKeyInUse, IdempotencyKeyReused)
BY_ACTION = {
    "list": (UnknownParameter, InvalidRequest, InvalidCursor, CursorRequired, NotFound),
    "create": (SlugConflict,),
    "update": (SlugConflict,),
    "partial_update": (SlugConflict,),
    "restore": (NotDeleted, SlugConflict, AmbiguousSlug),
}
DESCRIPTIONS = {
    "200": "As it is now.",
    "201": "It is there.",
    "202": "It will be tried.",
    "204": "It is gone.",
    "301": "It is called otherwise now; ask there.",
    "304": "It is still what you have.",
    "308": "It is called otherwise now; send the same request there.",
}


def answers(schema: "CatalogSchema", found: Mapping[str, Schema]) -> dict[str, Schema]:
    """Complete the answers that spectacular found, and add all others that there are."""
    if not schema.is_of_resource:
        return {
            status: with_headers(answer) for status, answer in found.items()
        } | problem_responses(ALWAYS)
    examples = schema.documentation.responses.get(schema.action, {})
    return {
        **{status: success(schema, status, answer, examples) for status, answer in found.items()},
        **{status: without_content(status) for status in redirections(schema)},
        **problem_responses(operation_errors(schema)),
    }


def success(
    schema: "CatalogSchema", status: str, answer: Schema, examples: Mapping[str, Any]
) -> Schema:
    names = ["ETag"] if status in {"200", "201"} else []
    names += ["Location"] if status == "201" else []
    names += ["Link"] if schema.action == "list" else []
    answer = with_headers(answer, *names, *replayed(schema))
    answer["description"] = DESCRIPTIONS[status]
    if examples:
        answer["content"][JSON]["examples"] = as_examples(examples)
    return answer


def name_rows(schema: "CatalogSchema") -> None:
    """Give the rows of a list a name of their own: they may have been asked for in part."""
    kind = ResolvedComponent.SCHEMA
    name = schema.view.get_queryset().model.__name__
    row = schema.registry[name, kind].schema | {
        "description": f"A {name.lower()} in a list: all of it, or the `fields` asked for.",
        "required": ["id", "slug"],
    }
    listed = ResolvedComponent(f"Listed{name}", kind, row, object=row)
    schema.registry.register_on_missing(listed)
    page = schema.registry[f"{name}Page", kind].schema
    page["properties"]["results"] = {"type": "array", "items": listed.ref}


def with_headers(answer: Schema, *names: str) -> Schema:
    refs = {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-ID", *names)}
    return answer | {"headers": refs}


def replayed(schema: "CatalogSchema") -> list[str]:
    return ["Idempotent-Replayed"] if schema.method == "POST" else []


def redirections(schema: "CatalogSchema") -> Iterator[str]:
    is_get = schema.method == "GET"
    if "{slug}" in schema.path:
        yield "301" if is_get else "308"
    if is_get:
        yield "304"


def without_content(status: str) -> Schema:
    header = "ETag" if status == "304" else "Location"
    return with_headers({"description": DESCRIPTIONS[status]}, header)


def operation_errors(schema: "CatalogSchema") -> Iterator[type[CatalogError]]:
    """Yield the errors that the operation may have."""
    yield from (*ALWAYS, *RESOURCE)
    if "{slug}" in schema.path:
        yield from ONE
    if schema.method in {"PUT", "PATCH", "DELETE"}:
        yield from GUARDED
    if schema.method == "POST":
        yield from REPEATABLE
    if schema.method in {"POST", "PUT", "PATCH"}:
        yield from BODY
        yield from (MalformedBody, InvalidRequest) if JSON in schema.map_parsers() else ()
    yield from BY_ACTION.get(schema.action, ())
    yield from schema.documentation.problems.get(schema.action, ())
