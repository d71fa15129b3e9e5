"""Headers that operations share, as components of the OpenAPI document."""

from typing import Any

from core.api.etags import ENTITY_TAGS
from core.api.openapi.operation import Operation, Schema

ETAG = '"3-5f0e6d1c9a8b7c6d"'


def header(description: str, example: Any, *, required: bool = True, **schema: Any) -> Schema:
    schema = {"type": "string"} | schema
    always = {"required": True} if required else {}
    return {**always, "description": description, "schema": schema, "example": example}


def request_header(name: str, description: str, example: str, **schema: Any) -> Schema:
    """Return a parameter; its example is the schema's, or Swagger UI would send it by default."""
    schema = {"type": "string"} | schema | {"examples": [example]}
    return {"name": name, "in": "header", "description": description, "schema": schema}


RESPONSE_HEADERS: dict[str, Schema] = {
    "X-Request-ID": header(
        "The id of the request in the log: the client's, or a new one.",
        "0199a4f2-3c1b-7d52-9a37-6f0d6c1f2b11",
        minLength=1,
        maxLength=128,
    ),
    "ETag": header(
        "The version and a digest of the body, for `If-Match` and `If-None-Match`.",
        ETAG,
        pattern='^"(?:[0-9]+|list)-[0-9a-f]{16}"$',
    ),
    "Location": header("The URL of the object.", "/api/products/blue-mug/", format="uri-reference"),
    "Link": header(
        "The `next`, `prev` and `first` pages (RFC 8288).",
        '<https://shop.example/api/products/?page=2>; rel="next"',
    ),
    "Retry-After": header(
        "Seconds to wait before the next attempt.", 1, required=False, type="integer", minimum=0
    ),
    "Idempotent-Replayed": header(
        "`true` if this is the stored response to an earlier request.",
        "true",
        required=False,
        const="true",
    ),
}
REQUEST_HEADERS: list[Schema] = [
    request_header(
        "X-Request-ID",
        "An id of the client's choice: 1 to 128 printable ASCII characters. Anything else is"
        " replaced by a new id.",
        "checkout-4711",
    ),
    request_header(
        "If-None-Match", "An `ETag`: while it is current, the response is 304 without a body.", ETAG
    ),
    request_header(
        "If-Match",
        "The `ETag` of the version to change, or `*`. If the object has changed since, the response"
        " is 412, and nothing is written. A finished thumbnail is no such change.",
        ETAG,
        pattern=f"^(?:{ENTITY_TAGS.pattern})$",
    ),
    request_header(
        "Idempotency-Key",
        "Makes a request safe to repeat: for 24 hours, the same request with this key gets the"
        " stored response and has no second effect. A request that failed may be repeated with the"
        " same key, also corrected.",
        "order-2026-000017",
        minLength=1,
        maxLength=255,
        pattern="^[!-~](?:[ -~]*[!-~])?$",
    ),
]
CONDITIONAL_HEADERS = {"GET": "If-None-Match", "POST": "Idempotency-Key"}  # others: If-Match


def request_headers(operation: Operation) -> list[Schema]:
    """Return references to the headers that an operation evaluates."""
    names = ["X-Request-ID"]
    if operation.is_resource:
        names.append(CONDITIONAL_HEADERS.get(operation.method, "If-Match"))
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def response_headers(*names: str) -> Schema:
    """Return references to the headers of a response, by name."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-ID", *names)}
