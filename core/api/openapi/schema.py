"""The operations of the OpenAPI document, from views and their actions."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, force_instance, get_view_model

from core.api.openapi import extensions  # noqa: F401 -- drf-spectacular finds what is imported
from core.api.openapi.components import request_headers
from core.api.openapi.forms import add_form, complete_body
from core.api.openapi.operation import FORM, NO_EXAMPLES, Operation, Schema, camelize
from core.api.openapi.responses import build_responses

# The verb of the operationId, and the summary.
ACTIONS = {
    "list": ("list", "List {things}"),
    "create": ("create", "Create a {thing}"),
    "retrieve": ("get", "Get a {thing}"),
    "update": ("replace", "Replace a {thing}"),
    "partial_update": ("update", "Update some fields of a {thing}"),
    "destroy": ("delete", "Delete a {thing}"),
    "restore": ("restore", "Restore a deleted {thing}"),
}
VERBS = {"GET": "get", "PUT": "replace"}


class CatalogSchema(AutoSchema):
    """drf-spectacular's schema, with headers, problems and examples.

    A view set states its own in `examples` and `problem_types`.
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
        verb, _, rest = self.action.partition("_")
        if self.action in ACTIONS:
            verb, rest = ACTIONS[self.action][0], ""
        elif not rest:
            verb, rest = VERBS[self.method], verb
        names = get_view_model(self.view)._meta
        noun = names.verbose_name_plural if self.action == "list" else names.verbose_name
        return camelize(f"{verb} {noun} {rest}")

    def get_summary(self) -> str:
        if self.action not in ACTIONS:
            return super().get_description().partition("\n")[0].rstrip(".")
        names = get_view_model(self.view)._meta
        summary = ACTIONS[self.action][1]
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
