"""The problems as a client meets them: their shape, and one sample of each code."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from core.api.errors.problems import CONTENT_TYPE, MAX_ERRORS, TITLES, Problem

PRODUCTS, MUG, MUGS = "/api/products/", "/api/products/blue-mug/", "/api/categories/mugs/"
ID = "0199a4f2-3c1b-7d52-9a37-6f0d6c1f2b11"
DELETED_AT = "2026-01-31T12:00:00Z"
RESTORE_URL = f"{PRODUCTS}{ID}/restore/"


def pointed(pointer: str, code: str, detail: str) -> dict[str, str]:
    return {"pointer": pointer, "code": code, "detail": detail}


def named(parameter: str, code: str, detail: str, **more: str) -> dict[str, str]:
    return {"parameter": parameter, "code": code, "detail": detail, **more}


def sample(
    status: int, code: str, detail: str, *errors: dict[str, str], at: str = MUG, **extensions: Any
) -> tuple[str, Problem]:
    return at, Problem(status, code, detail, errors, extensions)


MIN_PRICE = pointed("/price", "min_value", "Must be at least 0.")
BROKEN = pointed("/image", "broken-image", "The image is incomplete.")
MISSPELT = named("min_prise", "unknown-parameter", "Unknown.", did_you_mean="min_price")
STRANGE = named("cursor", "invalid-cursor", "It belongs to another list.")
DEEP = named("page", "use-cursor", "Page numbers reach only the first 10000 rows; use a cursor.")
SLUG_TAKEN = "Another live product has the slug 'blue-mug'."
IMAGE_TOO_LARGE = "The image has 12,345,678 bytes; at most 10,485,760 are accepted."
SKU_TAKEN = "Another live product has the sku 'MUG-1'."
TAKEN_SLUG = pointed("/slug", "slug-conflict", SLUG_TAKEN)
TAKEN_SKU = pointed("/sku", "sku-conflict", SKU_TAKEN)
TWO_CANDIDATES = [
    {"id": ID, "deleted_at": DELETED_AT},
    {"id": "0199a4f2-0000-7d52-9a37-6f0d6c1f2b11", "deleted_at": "2026-01-30T12:00:00Z"},
]

SAMPLES = [
    sample(400, "bad-request", "The request cannot be read."),
    sample(400, "malformed-json", "The JSON is malformed: a name is repeated"),
    sample(400, "validation-error", "1 field is invalid.", MIN_PRICE),
    sample(400, "unknown-parameter", "1 parameter is invalid.", MISSPELT, at=PRODUCTS),
    sample(400, "invalid-cursor", "1 parameter is invalid.", STRANGE, at=PRODUCTS),
    sample(400, "use-cursor", "1 parameter is invalid.", DEEP, at=PRODUCTS),
    sample(400, "invalid-image", "The image is incomplete.", BROKEN),
    sample(404, "not-found", "There is no product 'blue-mug'."),
    sample(404, "deleted", "It was deleted.", deleted_at=DELETED_AT, restore_url=RESTORE_URL),
    sample(406, "not-acceptable", "Could not satisfy the request Accept header."),
    sample(409, "slug-conflict", SLUG_TAKEN, TAKEN_SLUG, slug="blue-mug", holder=ID),
    sample(409, "sku-conflict", SKU_TAKEN, TAKEN_SKU, sku="MUG-1", holder=ID),
    sample(409, "category-cycle", "'cups' is 'mugs' itself, or below it.", at=MUGS),
    sample(409, "category-not-empty", "'mugs' is not empty.", at=MUGS, categories=2, products=120),
    sample(409, "not-deleted", "'blue-mug' is not deleted."),
    sample(409, "ambiguous", "Several are deleted.", candidates=TWO_CANDIDATES),
    sample(409, "conflict", "Another change came first. Try again."),
    sample(409, "idempotency-in-progress", "The first is still running.", at=PRODUCTS),
    sample(412, "precondition-failed", "It has changed since you read it.", version=4),
    sample(413, "too-large", IMAGE_TOO_LARGE, limit=10_485_760, size=12_345_678),
    sample(415, "unsupported-media-type", 'Unsupported media type "text/plain" in request.'),
    sample(422, "idempotency-key-reused", "The key was used with another body.", at=PRODUCTS),
    sample(500, "internal-error", "Something went wrong on our side."),
    sample(503, "service-unavailable", "Try again in a moment."),
    sample(507, "storage-unavailable", "The image cannot be stored now."),
]
CODES = sorted(TITLES)
STATUSES = {problem.code: problem.status for _, problem in SAMPLES}
EXAMPLES = {
    problem.code: {
        "summary": TITLES[problem.code],
        "value": problem.body(SimpleNamespace(path=path, id=ID)),
    }
    for path, problem in SAMPLES
}


def text(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **more}


def number(description: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "description": description}


ERROR = {
    "type": "object",
    "description": "One thing that is wrong, in the body or in the query.",
    "required": ["code", "detail"],
    "properties": {
        "pointer": text("The place in the body, as a JSON pointer (RFC 6901)."),
        "parameter": text("The query parameter."),
        "code": text("What is wrong, for programs."),
        "detail": text("What is wrong, for people."),
        "did_you_mean": text("The nearest name that exists."),
        "type": text("Of a conflict: what is restored, `category` or `product`."),
        "id": text("Of a conflict: the id of the object that cannot be restored.", format="uuid"),
        "slug": text("Of a conflict: the slug that is taken."),
        "sku": text("Of a conflict: the SKU that is taken."),
        "holder": text("Of a conflict: the id of who has it.", format="uuid"),
    },
}
CANDIDATE = {
    "type": "object",
    "required": ["id", "deleted_at"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "deleted_at": {"type": "string", "format": "date-time"},
    },
}
MEMBERS = {
    "type": text("Names the kind of problem.", format="uri-reference"),
    "title": text("The kind of problem, in a few words."),
    "status": {"type": "integer", "minimum": 400, "maximum": 599},
    "code": text("The kind of problem, for programs. Stable.", enum=CODES),
    "detail": text("What happened here, for people."),
    "instance": text("The path that was asked for.", format="uri-reference"),
    "request_id": text("The `X-Request-ID`: tell it to whoever runs this server."),
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
EXTENSION_MEMBERS = {
    "deleted_at": text("`deleted`: when.", format="date-time"),
    "restore_url": text("`deleted`: where a POST brings it back.", format="uri-reference"),
    "slug": text("`slug-conflict`: the one that is taken."),
    "sku": text("`sku-conflict`: the one that is taken."),
    "holder": text("`slug-conflict`, `sku-conflict`: the id of who has it.", format="uuid"),
    "candidates": {
        "type": "array",
        "items": CANDIDATE,
        "description": "`ambiguous`: the deleted ones, any of which can be restored by its id.",
    },
    "categories": number("`category-not-empty`: how many live ones are below it."),
    "products": number("`category-not-empty`: how many live ones are in it, or below."),
    "version": number("`precondition-failed`: the version that it has now."),
    "limit": number("`too-large`: how many bytes are accepted at most."),
    "size": number("`too-large`: how many bytes the image has."),
}
SCHEMAS = {
    "ProblemError": ERROR,
    "Problem": {
        "type": "object",
        "description": "A failure (RFC 9457). Members behind `errors` come with the codes that"
        " they name.",
        "required": ["type", "title", "status", "code", "detail", "instance", "request_id"],
        "properties": MEMBERS | EXTENSION_MEMBERS,
    },
}


def content(codes: Iterable[str]) -> dict[str, Any]:
    """Give the content of an answer that tells one of these problems."""
    examples = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}
    return {CONTENT_TYPE: problem}
