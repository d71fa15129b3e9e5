"""The responses of an operation: success, redirections and problems."""

from collections.abc import Iterator, Mapping

from core import errors
from core.api.errors import api_errors
from core.api.openapi.components import response_headers
from core.api.openapi.operation import JSON, Operation, Schema, openapi_examples
from core.api.openapi.problems import problem_responses

ANY_OPERATION = (api_errors.NotAcceptable, api_errors.InternalError)
ON_RESOURCE = (api_errors.BadRequest, api_errors.ServiceUnavailable)
ON_DETAIL = (errors.NotFound, errors.SoftDeleted)
WITH_BODY = (errors.PayloadTooLarge, api_errors.UnsupportedMediaType)
CONDITIONAL = (errors.VersionMismatch, errors.Conflict)
IDEMPOTENT = (errors.Conflict, api_errors.IdempotencyKeyInUse, api_errors.IdempotencyKeyReused)
DESCRIPTIONS = {
    "200": "The current representation.",
    "201": "Created.",
    "202": "Accepted; the thumbnail will be generated.",
    "204": "Deleted.",
    "301": "The object has another slug now: see `Location`.",
    "304": "Not modified.",
    "308": "The object has another slug now: repeat the request at `Location`.",
}


def build_responses(operation: Operation, found: Mapping[str, Schema]) -> dict[str, Schema]:
    """Return the responses that drf-spectacular found, completed, and all others."""
    if not operation.is_resource:
        successes = {
            status: response | {"headers": response_headers()} for status, response in found.items()
        }
        return successes | problem_responses(ANY_OPERATION)
    return {
        **{
            status: success_response(operation, status, response)
            for status, response in found.items()
        },
        **{status: empty_response(status) for status in redirections(operation)},
        **problem_responses(operation_errors(operation)),
    }


def success_response(operation: Operation, status: str, response: Schema) -> Schema:
    names = ["ETag"] if status in {"200", "201"} else []
    names += ["Location"] if status == "201" else []
    names += ["Link"] if operation.action == "list" else []
    names += ["Idempotent-Replayed"] if operation.method == "POST" else []
    if "content" in response:
        response["content"][JSON]["examples"] = openapi_examples(
            operation.examples.of_response(operation.action)
        )
    return response | {"description": DESCRIPTIONS[status], "headers": response_headers(*names)}


def redirections(operation: Operation) -> Iterator[str]:
    if operation.is_detail:
        yield "301" if operation.method == "GET" else "308"
    if operation.method == "GET":
        yield "304"


def empty_response(status: str) -> Schema:
    name = "ETag" if status == "304" else "Location"
    return {"description": DESCRIPTIONS[status], "headers": response_headers(name)}


def operation_errors(operation: Operation) -> Iterator[type[errors.CatalogError]]:
    """Yield the errors that the operation may have."""
    yield from (*ANY_OPERATION, *ON_RESOURCE)
    if operation.is_detail:
        yield from ON_DETAIL
    if operation.method in {"PUT", "PATCH", "DELETE"}:
        yield from CONDITIONAL
    if operation.method == "POST":
        yield from IDEMPOTENT
    if operation.method in {"POST", "PUT", "PATCH"}:
        yield from WITH_BODY
        if JSON in operation.media_types:
            yield from (api_errors.MalformedBody, errors.InvalidRequest)
    yield from operation.errors
