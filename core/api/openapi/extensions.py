"""Extensions of drf-spectacular: serializers, their fields, and the filters of a list."""

from typing import Any

from drf_spectacular.extensions import (
    OpenApiFilterExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from rest_framework.serializers import ModelSerializer

from core.api.fields.strict import OpenApiFieldMixin
from core.api.openapi.operation import Schema


class FieldExtension(OpenApiSerializerFieldExtension):
    """Describes a field by the schema that it supplies."""

    target_class = "core.api.fields.strict.OpenApiFieldMixin"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> Schema:
        return self.target.openapi_schema(direction)


class SerializerExtension(OpenApiSerializerExtension):
    """Keeps the schemas that fields supply, and requires each field of a model in a response."""

    target_class = "rest_framework.serializers.Serializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> Schema:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        for name in schema["properties"]:
            field = self.target.fields[name]
            if isinstance(field, OpenApiFieldMixin):  # without what its validators would add
                schema["properties"][name] = auto_schema._map_serializer_field(field, direction)
        if direction == "response" and isinstance(self.target, ModelSerializer):
            schema["required"] = list(schema["properties"])
        return schema


class FilterBackendExtension(OpenApiFilterExtension):
    """Describes the filters of a list, and `fields`, instead of drf-spectacular's extension."""

    target_class = "core.api.lists.filter_backend.StrictFilterBackend"
    priority = 1

    def get_schema_operation_parameters(self, auto_schema: AutoSchema) -> list[Schema]:
        view: Any = auto_schema.view
        filterset: Any = view.filterset_class
        names = {"type": "string", "enum": view.serializer_class.Meta.fields}
        return [
            *(
                query_parameter(
                    name, filter_.extra["help_text"], filter_.openapi_schema(), filter_.example
                )
                for name, filter_ in filterset.base_filters.items()
            ),
            *filterset.pattern_parameters,
            query_parameter(
                "fields",
                "A comma-separated list of the fields to return, beside `id` and `slug`.",
                {"type": "array", "minItems": 1, "items": names},
                ["name", "version"],
            ),
        ]


def query_parameter(name: str, description: str, schema: Schema, example: Any) -> Schema:
    """Return a query parameter. A list is one value with commas, or several values.

    The example is the schema's, because Swagger UI would send a parameter's own by default.
    """
    style = {"style": "form", "explode": False} if schema["type"] == "array" else {}
    base = {"name": name, "in": "query", "description": description}
    return {**base, **style, "schema": schema | {"examples": [example]}}
