"""The operations of the OpenAPI document, from views and their actions."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, force_instance, get_view_model

from core.api.openapi import extensions  # noqa: F401 -- drf-spectacular finds what is imported
from core.api.openapi.components import request_headers
from core.api.openapi.forms import add_form, complete_body
from core.api.openapi.operation import FORM, JSON, NO_EXAMPLES, Operation, Schema, camelize
from core.api.openapi.responses import build_responses
from core.api.serializers import RestoreResultSerializer

# Summaries. Their first word is the verb of the operationId.
SUMMARIES = {
    "list": "List {things}",
    "create": "Create a {thing}",
    "retrieve": "Get a {thing}",
    "update": "Replace a {thing}",
    "partial_update": "Update some fields of a {thing}",
    "destroy": "Delete a {thing}",
    "restore": "Restore a deleted {thing}",
}
VERBS = {"GET": "get", "PUT": "replace"}  # of actions that have no verb in their name


class CatalogSchema(AutoSchema):
    """drf-spectacular's schema, with headers, problems and examples.

    A view set declares its own in `examples` and `problem_types`.
    """

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Schema | None:
        result = super().get_operation(path, path_regex, path_prefix, method, registry)
        if result is None:
            return None
        operation = Operation(
            method,
            path,
            self.action,
            self.map_parsers(),
            getattr(self.view, "examples", NO_EXAMPLES),
            getattr(self.view, "problem_types", {}).get(self.action, ()),
        )
        result.setdefault("security", [])
        for parameter in result.get("parameters", []):
            if parameter["in"] == "path":
                slug = operation.examples.resource["slug"]
                parameter |= {"description": "The slug or the id.", "example": slug}
        result["parameters"] = [*result.get("parameters", []), *request_headers(operation)]
        if operation.action == "restore":
            added = self.resolve_serializer(RestoreResultSerializer, "response")
            content = result["responses"]["200"]["content"][JSON]
            content["schema"] = {"allOf": [content["schema"], added.ref]}
        result["responses"] = build_responses(operation, result["responses"])
        if body := result.get("requestBody"):
            complete_body(operation, body)
            if form := body["content"].get(FORM):
                serializer = force_instance(self.get_request_serializer())
                add_form(operation, form, serializer, registry)
        return result

    @property
    def action(self) -> str:
        """The action of a view set; empty for any other view."""
        return getattr(self.view, "action", "")

    def get_operation_id(self) -> str:
        names = get_view_model(self.view)._meta
        if self.action in SUMMARIES:
            verb, *_ = SUMMARIES[self.action].split()
            noun = names.verbose_name_plural if self.action == "list" else names.verbose_name
            return camelize(f"{verb} {noun}")
        verb, _, part = self.action.partition("_")  # such as `remove_image`, or `tree`
        if not part:
            verb, part = VERBS[self.method], verb
        return camelize(f"{verb} {names.verbose_name} {part}")

    def get_summary(self) -> str:
        if self.action not in SUMMARIES:
            return super().get_description().partition("\n")[0].rstrip(".")
        names = get_view_model(self.view)._meta
        summary = SUMMARIES[self.action]
        return summary.format(thing=names.verbose_name, things=names.verbose_name_plural)

    def get_request_serializer(self) -> Any:
        if self.action == "restore":
            view: Any = self.view
            return view.restore_serializer_class
        return super().get_request_serializer()

    def get_override_parameters(self) -> list[Any]:
        serializers = getattr(self.view, "parameter_serializers", {})
        return [serializers[self.action]] if self.action and self.action in serializers else []

    def get_paginated_name(self, serializer_name: str) -> str:
        return f"{serializer_name}Page"
