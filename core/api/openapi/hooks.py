"""Hooks of drf-spectacular: shared components, and the order of operations."""

from copy import deepcopy
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.plumbing import ResolvedComponent

from core.api.openapi.components import REQUEST_HEADERS, RESPONSE_HEADERS
from core.api.openapi.operation import Schema
from core.api.openapi.problems import EXAMPLES, SCHEMAS

COMPONENTS = {
    ResolvedComponent.HEADER: RESPONSE_HEADERS,
    ResolvedComponent.EXAMPLE: EXAMPLES,
    ResolvedComponent.SCHEMA: SCHEMAS,
    ResolvedComponent.PARAMETER: {header["name"]: header for header in REQUEST_HEADERS},
}
READ_ONLY_INPUT = {"readOnly": True, "description": "Accepted, and ignored."}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def add_components(result: Schema, generator: SchemaGenerator, **kwargs: Any) -> Schema:
    """Add the shared components.

    Runs before drf-spectacular's enum hook, which must find them.
    """
    schemas = result["components"]["schemas"]
    forbid_unknown_properties(schemas)
    listed = listed_schemas(schemas)
    for section, components in (*COMPONENTS.items(), (ResolvedComponent.SCHEMA, listed)):
        for name, schema in components.items():
            component = ResolvedComponent(name, section, deepcopy(schema), object=name)
            generator.registry.register_on_missing(component)
    return result | {"components": generator.registry.build({})}


def forbid_unknown_properties(schemas: Schema) -> None:
    """Reject unknown properties of bodies; read-only ones may be sent back as they were read."""
    for name, schema in schemas.items():
        if name.endswith(("Request", "Form")):
            schema["additionalProperties"] = False
        if name.endswith("Request"):
            response = schemas.get(name.removeprefix("Patched").removesuffix("Request"), {})
            for member, value in response.get("properties", {}).items():
                if value.get("readOnly"):
                    schema["properties"][member] = READ_ONLY_INPUT


def listed_schemas(schemas: Schema) -> Schema:
    """Return the schemas of list items, which may have fewer fields, and refer to them in pages."""
    listed = {}
    for page in [name for name in schemas if name.endswith("Page")]:
        name = page.removesuffix("Page")
        listed[f"Listed{name}"] = schemas[name] | {
            "description": f"A {name.lower()} in a list, with all fields or those in `fields`.",
            "required": ["id", "slug"],
        }
        items = {"$ref": f"#/components/schemas/Listed{name}"}
        schemas[page]["properties"]["results"] = {"type": "array", "items": items}
    return listed


def page_order(endpoint: tuple) -> tuple:
    """Return a sort key by which the examples succeed from the top of the page to its bottom.

    Within a resource: the list; actions of an object; the object, with its deletion last; its
    restore. Used as drf-spectacular's `SORT_OPERATIONS`.
    """
    path, _, method, _ = endpoint
    collection, _, action = path.partition("{slug}/")
    if "{slug}" not in path:
        stage = 0
    elif action == "restore/":
        stage = 3
    else:
        stage = 1 if action else 2
    resource = collection.strip("/").split("/")[1:2]
    return resource, stage, path, METHODS.index(method)
