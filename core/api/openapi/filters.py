"""The query parameters of a list, from its filter set and its pages."""

from collections.abc import Iterator
from typing import Any

import django_filters
from drf_spectacular.extensions import OpenApiFilterExtension
from drf_spectacular.openapi import AutoSchema

from core.api.lists import filters
from core.api.lists.form_fields import MAX_ITEMS

Schema = dict[str, Any]


class FilterBackendExtension(OpenApiFilterExtension):
    """Takes the place of spectacular's own, which cannot know what our filters mean."""

    target_class = "core.api.lists.filter_backend.StrictFilterBackend"
    priority = 1

    def get_schema_operation_parameters(self, auto_schema: AutoSchema) -> list[Schema]:
        view = auto_schema.view
        return [*parameters(view.filterset_class), shown_fields(view.serializer_class.Meta.fields)]


def parameters(filterset: type[filters.CatalogFilterSet]) -> Iterator[Schema]:
    for name, one in filterset.base_filters.items():
        schema = schema_of(one)
        yield parameter(name, one.extra["help_text"], schema, one.example)
    yield from filterset.pattern_parameters


def parameter(name: str, description: str, schema: Schema, example: Any) -> Schema:
    """Describe a query parameter. A list is one value with commas, or several values.

    The example is the schema's, because Swagger UI would send a parameter's own unasked.
    """
    style = {"style": "form", "explode": False} if schema["type"] == "array" else {}
    base = {"name": name, "in": "query", "description": description}
    return {**base, **style, "schema": schema | {"examples": [example]}}


def schema_of(one: django_filters.Filter) -> Schema:
    match one:
        case filters.StableOrderingFilter():
            return ordering(choices(one))
        case filters.CommaListFilter():
            return comma_list({"type": "string", "pattern": one.field_class.PATTERN})
        case django_filters.ChoiceFilter():
            return choices(one)
        case filters.StrictBooleanFilter():
            return {"type": "boolean"}
        case filters.AwareDateTimeFilter():
            return {"type": "string", "format": "date-time"}
        case filters.PlainDecimalFilter():
            return {"type": "string", "format": "decimal", "pattern": one.field_class.PATTERN}
        case _:
            return {
                "type": "string",
                "maxLength": one.extra["max_length"],
                "pattern": "^[^\\x00]*$",
            }


def ordering(terms: Schema) -> Schema:
    """Describe a list in which each field stands once, in one direction."""
    pairs = [{"enum": [term, f"-{term}"]} for term in terms["enum"] if not term.startswith("-")]
    once = [{"contains": pair, "minContains": 0, "maxContains": 1} for pair in pairs]
    return {"type": "array", "minItems": 1, "items": terms, "allOf": once}


def choices(one: django_filters.Filter) -> Schema:
    return {"type": "string", "enum": [value for value, _ in one.extra["choices"]]}


def comma_list(items: Schema) -> Schema:
    return {"type": "array", "minItems": 1, "maxItems": MAX_ITEMS, "items": items}


def shown_fields(names: list[str]) -> Schema:
    description = "A comma list of the fields to show; `id` and `slug` always are."
    schema = {"type": "array", "minItems": 1, "items": {"type": "string", "enum": names}}
    return parameter("fields", description, schema, ["name", "version"])
