"""The example category of the OpenAPI document, and the requests and responses made of it."""

from typing import Any

from core.api.openapi.operation import FORM, JSON, ResourceExamples, page_example

CATEGORY: dict[str, Any] = {
    "id": "0199a4f2-1d20-7c0a-8f11-2b6f0d6c1f2b",
    "slug": "mugs",
    "name": "Mugs",
    "description": "",
    "parent": "kitchen",
    "path": ["kitchen", "mugs"],
    "position": 0,
    "product_count": 120,
    "product_count_direct": 7,
    "version": 2,
    "created_at": "2026-01-30T08:15:00.123456Z",
    "updated_at": "2026-01-31T12:00:00.654321Z",
    "deleted_at": None,
}
TREE = {
    "id": "0199a4f2-1c00-7b51-9c22-7d6f0d6c1f2b",
    "slug": "kitchen",
    "name": "Kitchen",
    "position": 0,
    "product_count": 120,
    "product_count_direct": 0,
    "children": [
        {
            "id": CATEGORY["id"],
            "slug": "mugs",
            "name": "Mugs",
            "position": 0,
            "product_count": 120,
            "product_count_direct": 120,
            "children": [],
        }
    ],
}
RENAMED = {
    "type": "product",
    "id": "0199a4f2-0000-7d52-9a37-6f0d6c1f2b11",
    "slug": "blue-mug-2",
    "former_slug": "blue-mug",
    "sku": None,
    "former_sku": "MUG-1",
}
MINIMAL_BODY = {"name": "Mugs"}
WRITABLE = {"name": "Mugs", "slug": "mugs", "description": "", "parent": None, "position": 2}
OTHER = WRITABLE | {"name": "Tea mugs", "slug": "tea-mugs", "parent": "mugs"}
EMPTY = {"slug": "", "parent": ""}  # in a form, where JSON has null
RENAME = {"Rename": {"name": "Mugs and cups"}}

# Sent from the top of the page to its bottom, in an empty catalog, each of these succeeds.
CATEGORY_EXAMPLES = ResourceExamples(
    name="A category",
    resource=CATEGORY,
    requests={
        "create": {
            JSON: {"Required fields only": MINIMAL_BODY, "All fields": OTHER},
            FORM: {"A form": OTHER | EMPTY},
        },
        "update": {
            JSON: {"Required fields only": MINIMAL_BODY, "All fields": WRITABLE},
            FORM: {"A form": WRITABLE | EMPTY},
        },
        "partial_update": {JSON: RENAME, FORM: RENAME},
        "restore": {JSON: {"Under the former slug": {}}},  # a second one would find it live
    },
    responses={
        "list": {"A page": page_example(CATEGORY, next_url=None, count=1)},
        "restore": {
            "A category": CATEGORY,
            "With renamed objects": CATEGORY | {"renamed": [RENAMED]},
        },
        "tree": {"A tree": [TREE]},
    },
)
