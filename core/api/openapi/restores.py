"""The response of a restore: the object, and which objects were renamed."""

from typing import Any

Schema = dict[str, Any]

SLUG = {"type": "string", "pattern": "^[a-z0-9]+(?:-[a-z0-9]+)*$"}
SKU = {"type": ["string", "null"]}
RENAMED: dict[str, Schema] = {
    "RenamedObject": {
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
}
MEMBERS: Schema = {
    "renamed": {
        "type": "array",
        "items": {"$ref": "#/components/schemas/RenamedObject"},
        "description": "With `conflicts: rename` only: up to 1,000 objects that were renamed.",
    },
    "more_renamed": {"type": "integer", "minimum": 1, "description": "How many more were."},
}


def add_renamed(response: Schema) -> None:
    """Add the members to the object in a response."""
    content = response["content"]["application/json"]
    content["schema"] = {"allOf": [content["schema"], {"type": "object", "properties": MEMBERS}]}
