"""Extensions of drf-spectacular: serializers, their fields, and the filters of a list."""

from typing import Any

import django_filters
from drf_spectacular.extensions import (
    OpenApiFilterExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from rest_framework.serializers import ModelSerializer

from core.api.fields.strict import OpenApiFieldMixin
from core.api.lists import filters
from core.api.lists.form_fields import MAX_ITEMS
from core.api.openapi.operation import Schema


class FieldExtension(OpenApiSerializerFieldExtension):
    """Asks a field for its schema."""

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
                query_parameter(name, one.extra["help_text"], filter_schema(one), one.example)
                for name, one in filterset.base_filters.items()
            ),
            *filterset.pattern_parameters,
            query_parameter(
                "fields",
                "A comma list of the fields to show; `id` and `slug` always are.",
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


def filter_schema(filter_: django_filters.Filter) -> Schema:
    match filter_:
        case filters.StableOrderingFilter():
            return ordering_schema([term for term, _ in filter_.extra["choices"]])
        case filters.CommaListFilter():
            items = {"type": "string", "pattern": filter_.field_class.PATTERN}
            return {"type": "array", "minItems": 1, "maxItems": MAX_ITEMS, "items": items}
        case filters.ChoiceFilter():
            return {"type": "string", "enum": [value for value, _ in filter_.extra["choices"]]}
        case filters.StrictBooleanFilter():
            return {"type": "boolean"}
        case filters.AwareDateTimeFilter():
            return {"type": "string", "format": "date-time"}
        case filters.PlainDecimalFilter():
            return {"type": "string", "format": "decimal", "pattern": filter_.field_class.PATTERN}
        case _:
            length = filter_.extra["max_length"]
            return {"type": "string", "maxLength": length, "pattern": r"^[^\x00]*$"}


def ordering_schema(terms: list[str]) -> Schema:
    """Return the schema of a list that has each field once, in one direction."""
    pairs = [{"enum": [term, f"-{term}"]} for term in terms if not term.startswith("-")]
    once = [{"contains": pair, "minContains": 0, "maxContains": 1} for pair in pairs]
    items = {"type": "string", "enum": terms}
    return {"type": "array", "minItems": 1, "items": items, "allOf": once}
