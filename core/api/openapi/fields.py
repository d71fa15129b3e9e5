"""Tells spectacular to ask our fields themselves."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema


class DescribedFieldExtension(OpenApiSerializerFieldExtension):
    target_class = "core.api.fields.strict.OpenApiFieldMixin"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        return self.target.openapi_schema(direction)
