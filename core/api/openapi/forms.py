"""What a request may bring: in JSON, as a form, or as the bytes of a picture."""

from typing import TYPE_CHECKING, Any

from drf_spectacular.plumbing import ResolvedComponent, force_instance
from rest_framework.serializers import FileField

from core.api.openapi.operation import FORM, JSON, as_examples

if TYPE_CHECKING:
    from core.api.openapi.schema import CatalogSchema

Schema = dict[str, Any]

PICTURE_TYPES = [f"image/{kind}" for kind in ("jpeg", "png", "webp", "gif", "avif")]
BINARY = {"type": "string", "format": "binary", "description": "A file. Blank for none."}
PICTURE = dict.fromkeys(PICTURE_TYPES, BINARY)  # for `extend_schema(request=…)`
IGNORED = {"readOnly": True, "description": "Taken, and ignored."}


def strict_body(schema: Schema) -> Schema:
    """Refuse what is unknown; what is read-only may come back as it was read, and is ignored."""
    properties = schema["properties"]
    read_only = {name for name, part in properties.items() if part.get("readOnly")}
    required = [name for name in schema.get("required", []) if name not in read_only]
    body = schema | {
        "properties": properties | dict.fromkeys(read_only, IGNORED),
        "additionalProperties": False,
    }
    body.pop("required", None)
    return body | {"required": required} if required else body


def document_request(schema: "CatalogSchema", body: Schema) -> None:
    """Give each media type its examples, and the form its own shape."""
    examples = schema.documentation.requests.get(schema.action, {})
    body["required"] = body.get("required", False) or not {JSON, FORM} & body["content"].keys()
    for media_type, content in body["content"].items():
        if media_type == FORM:
            as_form(schema, content)
        if media_type in examples:
            content["examples"] = as_examples(examples[media_type])


def as_form(schema: "CatalogSchema", content: Schema) -> None:
    """Name the form; each part has its example, because Swagger UI would draw lots for it."""
    requests = schema.documentation.requests
    named = [*requests["create"][FORM].values(), *requests[schema.action][FORM].values()]
    example = {key: value for one in named for key, value in one.items()}
    name = content["schema"]["$ref"].rpartition("/")[2]
    body = schema.registry[name, ResolvedComponent.SCHEMA].schema
    serializer = force_instance(schema.get_request_serializer())
    files = {name for name, field in serializer.fields.items() if isinstance(field, FileField)}
    parts = {
        key: BINARY if key in files else as_text(value) | {"examples": [example[key]]}
        for key, value in body["properties"].items()
        if value is not IGNORED
    }
    form = body | {"properties": parts, "minProperties": 1}
    component = ResolvedComponent(
        name.replace("Request", "Form"), ResolvedComponent.SCHEMA, form, object=name
    )
    schema.registry.register_on_missing(component)
    content["schema"] = component.ref
    content["encoding"] = encoding_of(form, files)


def as_text(schema: Schema) -> Schema:
    """Describe a part of a form, which is blank where JSON has null."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return schema | {"type": next(kind for kind in kinds if kind != "null")}
    return schema


def encoding_of(form: Schema, files: set[str]) -> Schema:
    """Say of which kind a part is, where it is no plain text."""
    kinds = dict.fromkeys(files, ", ".join(PICTURE_TYPES)) | {
        name: JSON for name, part in form["properties"].items() if part.get("type") == "object"
    }
    return {name: {"contentType": kind} for name, kind in kinds.items()}
