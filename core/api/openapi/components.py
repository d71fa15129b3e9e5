"""Headers and schemas that operations share, as components of the OpenAPI document."""

from typing import Any

from core.api.etags import ENTITY_TAGS
from core.api.openapi.operation import Operation, Schema

REQUEST_ID = "0199a4f2-3c1b-7d52-9a37-6f0d6c1f2b11"
ETAG = '"3-5f0e6d1c9a8b7c6d"'


def response_header(
    description: str, example: Any, *, required: bool = True, **schema: Any
) -> Schema:
    header = {"description": description, "schema": {"type": "string"} | schema}
    return header | ({"required": True} if required else {}) | {"example": example}


def request_header(name: str, description: str, example: str, **schema: Any) -> Schema:
    """Return a parameter; its example is the schema's, or Swagger UI would send it by default."""
    schema = {"type": "string"} | schema | {"examples": [example]}
    return {"name": name, "in": "header", "description": description, "schema": schema}


RESPONSE_HEADERS: dict[str, Schema] = {
    "X-Request-ID": response_header(
        "The id of this request in the log: the caller's, or a new one.",
        REQUEST_ID,
        minLength=1,
        maxLength=128,
    ),
    "ETag": response_header(
        "The version, and a digest of what is shown. For `If-Match` and `If-None-Match`.",
        ETAG,
        pattern='^"(?:[0-9]+|list)-[0-9a-f]{16}"$',
    ),
    "Location": response_header("Where it is.", "/api/products/blue-mug/", format="uri-reference"),
    "Link": response_header(
        "The `next`, `prev` and `first` page (RFC 8288).",
        '<https://shop.example/api/products/?page=2>; rel="next"',
    ),
    "Retry-After": response_header(
        "Seconds to wait before the next try.", 1, required=False, type="integer", minimum=0
    ),
    "Idempotent-Replayed": response_header(
        "`true` where this is the stored answer to an earlier request.",
        "true",
        required=False,
        const="true",
    ),
}
REQUEST_HEADERS: dict[str, Schema] = {
    header["name"]: header
    for header in (
        request_header(
            "X-Request-ID",
            "An id of your own for this request: 1 to 128 printable ASCII characters. Anything"
            " else is replaced by a new one.",
            "checkout-4711",
        ),
        request_header(
            "If-None-Match",
            "The `ETag` that you have: as long as it still fits, the answer is 304 without a"
            " body.",
            ETAG,
        ),
        request_header(
            "If-Match",
            "The `ETag` that you read, or `*`: a version that has moved on since is 412, and"
            " nothing is written. A finished thumbnail moves no version.",
            ETAG,
            pattern=f"^(?:{ENTITY_TAGS.pattern})$",
        ),
        request_header(
            "Idempotency-Key",
            "Makes a repeat safe: for 24 hours the same request with this key gets the same"
            " answer, and has one effect. What failed may be sent again under the same key, also"
            " corrected.",
            "order-2026-000017",
            minLength=1,
            maxLength=255,
            pattern="^[!-~](?:[ -~]*[!-~])?$",
        ),
    )
}
CONDITIONAL_HEADERS = {"GET": "If-None-Match", "POST": "Idempotency-Key"}  # others: If-Match

SLUG = {"type": "string", "pattern": "^[a-z0-9]+(?:-[a-z0-9]+)*$"}
SKU = {"type": ["string", "null"]}
RENAMED_OBJECT: Schema = {
    "type": "object",
    "description": "An object that was restored under a generated slug, or without its SKU,"
    " because a live object has taken what it had.",
    "required": ["type", "id", "slug", "former_slug"],
    "properties": {
        "type": {"type": "string", "enum": ["category", "product"]},
        "id": {"type": "string", "format": "uuid"},
        "slug": SLUG | {"description": "The slug that it has now."},
        "former_slug": SLUG | {"description": "The slug that it had."},
        "sku": SKU | {"description": "Of a product: the SKU that it has now."},
        "former_sku": SKU | {"description": "Of a product: the SKU that it had."},
    },
}
RESTORED_MEMBERS: Schema = {
    "renamed": {
        "type": "array",
        "items": {"$ref": "#/components/schemas/RenamedObject"},
        "description": "With `conflicts: rename` only: up to 1,000 objects that were renamed.",
    },
    "more_renamed": {"type": "integer", "minimum": 1, "description": "How many more were."},
}


def request_headers(operation: Operation) -> list[Schema]:
    """Return references to the headers that an operation evaluates."""
    names = ["X-Request-ID"]
    if operation.is_resource:
        names.append(CONDITIONAL_HEADERS.get(operation.method, "If-Match"))
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def response_headers(*names: str) -> Schema:
    """Return references to the headers of a response, by name."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-ID", *names)}
