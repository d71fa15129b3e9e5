"""Each operation, as far as its view and action tell what it is."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from drf_spectacular.utils import OpenApiParameter
from rest_framework.serializers import ModelSerializer
from rest_framework.viewsets import ViewSetMixin

from core.api.openapi import fields, filters  # noqa: F401 -- spectacular finds what is loaded
from core.api.openapi.forms import document_request, strict_body
from core.api.openapi.headers import ANSWERED, SENT, sent_with
from core.api.openapi.operation import Documentation, camelized
from core.api.openapi.problems import EXAMPLES, SCHEMAS
from core.api.openapi.responses import answers, name_rows
from core.api.openapi.restores import RENAMED, add_renamed

Schema = dict[str, Any]

# The verb of the operationId, and a summary.
ACTIONS = {
    "list": ("list", "List {things}"),
    "create": ("create", "Create a {thing}"),
    "retrieve": ("get", "Get a {thing}"),
    "update": ("replace", "Replace a {thing}"),
    "partial_update": ("update", "Change some fields of a {thing}"),
    "destroy": ("delete", "Delete a {thing}"),
    "restore": ("restore", "Restore a deleted {thing}"),
}
VERBS = {"GET": "get", "PUT": "replace"}
COMPONENTS = {
    ResolvedComponent.HEADER: ANSWERED,
    ResolvedComponent.EXAMPLE: EXAMPLES,
    ResolvedComponent.SCHEMA: SCHEMAS | RENAMED,
    ResolvedComponent.PARAMETER: SENT,
}


def register_components(registry: ComponentRegistry) -> None:
    """Add ours, as copies: spectacular gives enums names by changing what it finds."""
    for kind, components in COMPONENTS.items():
        for name, schema in components.items():
            component = ResolvedComponent(name, kind, deepcopy(schema), object=name)
            registry.register_on_missing(component)


class CatalogSchema(AutoSchema):
    """drf-spectacular, told about what is ours: headers, problems, strict bodies, examples.

    A view set says the rest in its `documentation`.
    """

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Schema | None:
        register_components(registry)
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation is None:
            return None
        operation.setdefault("security", [])
        operation["parameters"] = [*operation.get("parameters", []), *sent_with(self)]
        if self.action == "list":
            name_rows(self)
        if self.action == "restore":
            add_renamed(operation["responses"]["200"])
        operation["responses"] = answers(self, operation["responses"])
        if "requestBody" in operation:
            document_request(self, operation["requestBody"])
        return operation

    @property
    def is_of_resource(self) -> bool:
        return isinstance(self.view, ViewSetMixin)

    @property
    def action(self) -> str:
        """The name of the view's method; blank where it is none of a resource."""
        return getattr(self.view, "action", "")

    @property
    def documentation(self) -> Documentation:
        return getattr(self.view, "documentation", Documentation())

    def get_operation_id(self) -> str:
        names = self.view.get_queryset().model._meta
        verb, _, what = self.action.partition("_")
        if self.action in ACTIONS:
            verb, what = ACTIONS[self.action][0], ""
        elif not what:
            verb, what = VERBS[self.method], verb
        thing = names.verbose_name_plural if self.action == "list" else names.verbose_name
        return camelized(f"{verb} {thing} {what}")

    def get_summary(self) -> str:
        if self.action not in ACTIONS:
            return super().get_description().partition("\n")[0].rstrip(".")
        names = self.view.get_queryset().model._meta
        summary = ACTIONS[self.action][1]
        return summary.format(thing=names.verbose_name, things=names.verbose_name_plural)

    def get_request_serializer(self) -> Any:
        if self.action == "restore":
            return self.view.restore_serializer_class
        return super().get_request_serializer()

    def get_override_parameters(self) -> Sequence[OpenApiParameter]:
        return self.documentation.parameters.get(self.action, ())

    def get_paginated_name(self, serializer_name: str) -> str:
        return f"{serializer_name}Page"

    def _insert_field_validators(self, field: Any, schema: Schema) -> None:
        # A field that describes itself has said it all.
        if not hasattr(field, "openapi_schema"):
            super()._insert_field_validators(field, schema)

    def _postprocess_serializer_schema(self, schema: Schema, serializer: Any, direction: str):
        for name, keywords in self.documentation.fields.items():
            if name in schema["properties"]:
                schema["properties"][name] |= keywords
        if direction == "request":
            return strict_body(schema)
        if isinstance(serializer, ModelSerializer):
            schema["required"] = list(schema["properties"])
        return schema

    def _resolve_path_parameters(self, variables: list[str]) -> list[Schema]:
        told = {"description": "The slug, or the id.", "example": self.documentation.slug}
        return [parameter | told for parameter in super()._resolve_path_parameters(variables)]
