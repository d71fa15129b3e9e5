"""Request bodies: their examples, and the schemas of multipart forms."""

from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from rest_framework.serializers import FileField, Serializer

from core.api.openapi.operation import FORM, JSON, Operation, Schema, openapi_examples

IMAGE_TYPES = [f"image/{subtype}" for subtype in ("jpeg", "png", "webp", "gif", "avif")]
BINARY = {
    "type": "string",
    "format": "binary",
    "description": "An image file. In a form, empty for none.",
}
IMAGE_BODY = dict.fromkeys(IMAGE_TYPES, BINARY)  # for `extend_schema(request=…)`


def complete_body(operation: Operation, body: Schema) -> None:
    """Add the examples of each media type, and whether the body is required."""
    examples = operation.examples.requests.get(operation.action, {})
    body["required"] = body.get("required", False) or not {JSON, FORM} & body["content"].keys()
    for media_type, content in body["content"].items():
        if media_type in examples:
            content["examples"] = openapi_examples(examples[media_type])


def add_form(
    operation: Operation, content: Schema, serializer: Serializer, registry: ComponentRegistry
) -> None:
    """Add a schema for a form, derived from that of the JSON body.

    Each part has an example, because Swagger UI would otherwise send random values.
    """
    requests = operation.examples.requests
    forms = [*requests["create"][FORM].values(), *requests[operation.action][FORM].values()]
    example = {name: value for form in forms for name, value in form.items()}
    name = content["schema"]["$ref"].rpartition("/")[2]
    body = registry[name, ResolvedComponent.SCHEMA].schema
    files = {name for name, field in serializer.fields.items() if isinstance(field, FileField)}
    parts = {
        name: BINARY if name in files else form_part(part) | {"examples": [example[name]]}
        for name, part in body["properties"].items()
    }
    name = name.replace("Request", "Form")
    form = body | {"properties": parts, "minProperties": 1}
    component = ResolvedComponent(name, ResolvedComponent.SCHEMA, form, object=name)
    registry.register_on_missing(component)
    content["schema"] = component.ref
    content["encoding"] = {name: {"contentType": ", ".join(IMAGE_TYPES)} for name in files} | {
        name: {"contentType": JSON} for name, part in parts.items() if part.get("type") == "object"
    }


def form_part(schema: Schema) -> Schema:
    """Return the schema of a part, which is an empty string where JSON has null."""
    types = schema.get("type")
    return schema | {"type": types[0]} if isinstance(types, list) else schema
