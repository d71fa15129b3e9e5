"""What the schema says about categories that no field and no filter says."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from categories.services import DELETIONS
from core.api.errors.api_errors import UnknownParameter
from core.api.openapi.operation import FORM, JSON, Documentation
from core.errors import CategoryCycle, CategoryNotEmpty, InvalidRequest, SkuConflict

MUGS: dict[str, Any] = {
    "id": "0199a4f2-1d20-7c0a-8f11-2b6f0d6c1f2b",
    "slug": "mugs",
    "name": "Mugs",
    "description": "",
    "parent": "kitchen",
    "path": ["kitchen", "mugs"],
    "position": 0,
    "product_count": 120,
    "version": 2,
    "created_at": "2026-01-30T08:15:00.123456Z",
    "updated_at": "2026-01-31T12:00:00.654321Z",
    "deleted_at": None,
}
LEAF = {name: MUGS[name] for name in ("id", "slug", "name", "position", "product_count")}
KITCHEN = {
    "id": "0199a4f2-1c00-7b51-9c22-7d6f0d6c1f2b",
    "slug": "kitchen",
    "name": "Kitchen",
    "position": 0,
    "product_count": 0,
    "children": [LEAF | {"children": []}],
}
# Tried from the top of the page to its bottom, in an empty catalog, each of these succeeds.
SMALLEST = {"name": "Mugs"}
BELOW = {"name": "Tea mugs", "slug": "tea-mugs", "parent": "mugs", "position": 2, "description": ""}
CREATED = {
    JSON: {"Only what is required": SMALLEST, "Everything": BELOW},
    FORM: {"A form": BELOW | {"slug": "", "parent": ""}},
}
REPLACED = {
    JSON: {
        "Only what is required": SMALLEST,
        "Everything": BELOW | {"name": "Mugs", "slug": "mugs", "parent": None},
    },
    FORM: {"A form": BELOW | {"name": "Mugs", "slug": "", "parent": ""}},
}
RENAMED = {JSON: {"Rename": {"name": "Mugs and cups"}}, FORM: {"Rename": {"name": "Mugs and cups"}}}
STRATEGY = OpenApiParameter(
    "strategy",
    {
        "type": "string",
        "enum": list(DELETIONS),
        "default": "detach",
        "examples": ["cascade"],
    },
    description="What else goes: nothing, but links to it read as null (`detach`); only if nothing"
    " live hangs on it (`restrict`); the subtree with its products (`cascade`).",
)
CONFLICT = {
    "type": "product",
    "id": "0199a4f2-0000-7d52-9a37-6f0d6c1f2b11",
    "slug": "blue-mug-2",
    "former_slug": "blue-mug",
    "sku": None,
    "former_sku": "MUG-1",
}

FIELDS = {
    "slug": {"description": "Its name in URLs. Blank: made from the name, or left as it is."},
    "parent": {
        "description": "The slug of the category above; an id is taken too. Null for a root, and"
        " where the one above is deleted."
    },
    "path": {"description": "The slugs from the root down to this one."},
    "position": {"description": "Its place among its siblings."},
    "product_count": {"minimum": 0, "description": "The live products directly in it."},
    "version": {"minimum": 1, "description": "Counts the changes that clients made."},
    "deleted_at": {"description": "Null while it is live."},
}

CATEGORIES = Documentation(
    slug="mugs",
    fields=FIELDS,
    requests={
        "create": CREATED,
        "update": REPLACED,
        "partial_update": RENAMED,
        "restore": {JSON: {"Under its slug": {}}},  # a second one would find it live
    },
    responses={
        "list": {
            "A page": {
                "count": 1,
                "count_is_exact": True,
                "next": None,
                "previous": None,
                "results": [MUGS],
            }
        },
        "create": {"A category": MUGS},
        "retrieve": {"A category": MUGS},
        "update": {"A category": MUGS},
        "partial_update": {"A category": MUGS},
        "restore": {"A category": MUGS, "Conflicts renamed": MUGS | {"renamed": [CONFLICT]}},
        "tree": {"A tree": [KITCHEN]},
    },
    problems={
        "create": (CategoryCycle,),
        "update": (CategoryCycle,),
        "partial_update": (CategoryCycle,),
        "destroy": (InvalidRequest, UnknownParameter, CategoryNotEmpty),
        "restore": (SkuConflict,),
    },
    parameters={"destroy": [STRATEGY]},
)
