"""The headers that say something, on requests and on answers."""

from typing import TYPE_CHECKING, Any

from core.api.etags import ENTITY_TAGS

if TYPE_CHECKING:
    from core.api.openapi.schema import CatalogSchema

Schema = dict[str, Any]

ANSWERED: dict[str, Schema] = {
    "X-Request-ID": {
        "description": "The id of this request in the log: the caller's, or a new one.",
        "required": True,
        "schema": {"type": "string", "minLength": 1, "maxLength": 128},
        "example": "0199a4f2-3c1b-7d52-9a37-6f0d6c1f2b11",
    },
    "ETag": {
        "description": "The version, and a digest of what is shown. For `If-Match` and"
        " `If-None-Match`.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"(?:[0-9]+|list)-[0-9a-f]{16}"$'},
        "example": '"3-5f0e6d1c9a8b7c6d"',
    },
    "Location": {
        "description": "Where it is.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
        "example": "/api/products/blue-mug/",
    },
    "Link": {
        "description": "The `next`, `prev` and `first` page (RFC 8288).",
        "required": True,
        "schema": {"type": "string"},
        "example": '<https://shop.example/api/products/?page=2>; rel="next"',
    },
    "Retry-After": {
        "description": "Seconds to wait before the next try.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 1,
    },
    "Idempotent-Replayed": {
        "description": "`true` where this is the stored answer to an earlier request.",
        "schema": {"type": "string", "const": "true"},
        "example": "true",
    },
}


def sent(name: str, description: str, example: str, **constraints: Any) -> Schema:
    schema = {"type": "string", **constraints, "examples": [example]}
    return {"name": name, "in": "header", "description": description, "schema": schema}


SENT: dict[str, Schema] = {
    "X-Request-ID": sent(
        "X-Request-ID",
        "An id of your own for this request: 1 to 128 printable ASCII characters. Anything else"
        " is replaced by a new one.",
        "checkout-4711",
    ),
    "If-None-Match": sent(
        "If-None-Match",
        "The `ETag` that you have: as long as it still fits, the answer is 304 without a body.",
        '"3-5f0e6d1c9a8b7c6d"',
    ),
    "If-Match": sent(
        "If-Match",
        "The `ETag` that you read, or `*`: a version that has moved on since is 412, and nothing"
        " is written. A finished thumbnail moves no version.",
        '"3-5f0e6d1c9a8b7c6d"',
        pattern=f"^(?:{ENTITY_TAGS.pattern})$",
    ),
    "Idempotency-Key": sent(
        "Idempotency-Key",
        "Makes a repeat safe: for 24 hours the same request with this key gets the same answer,"
        " and has one effect. What failed may be sent again under the same key, also corrected.",
        "order-2026-000017",
        minLength=1,
        maxLength=255,
        pattern="^[!-~](?:[ -~]*[!-~])?$",
    ),
}


def sent_with(schema: "CatalogSchema") -> list[Schema]:
    """Refer to the headers that make a difference to an operation."""
    names = ["X-Request-ID"]
    if schema.is_of_resource:
        names += {"GET": ["If-None-Match"], "POST": ["Idempotency-Key"]}.get(
            schema.method, ["If-Match"]
        )
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]
