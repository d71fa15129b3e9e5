"""Soft delete in the admin: a confirmation page, then a service call for each row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from core.admin.actions import ModelT, RowActionsAdmin, apply_to_each, reload
from core.admin.errors import SERVICE_ERRORS, error_message
from core.models import CatalogQuerySet

MAX_LISTED_ROWS = 50


@dataclass(frozen=True)
class DeleteStrategy(Generic[ModelT]):
    """A way to delete a row, with the text that says what happens to its dependents."""

    name: str
    title: str
    consequence: str
    delete: Callable[[ModelT], object]


class DeleteForm(forms.Form, Generic[ModelT]):
    """The choice of a delete strategy. The first one is the default."""

    def __init__(
        self,
        strategies: Sequence[DeleteStrategy[ModelT]],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data)
        self.default = strategies[0].name
        self.strategies = {strategy.name: strategy for strategy in strategies}
        self.fields["strategy"] = forms.ChoiceField(
            widget=forms.RadioSelect,
            required=False,
            initial=self.default,
            choices=[
                (
                    strategy.name,
                    format_html("<strong>{}</strong> {}", strategy.title, strategy.consequence),
                )
                for strategy in strategies
            ],
        )

    @property
    def selected_strategy(self) -> DeleteStrategy[ModelT]:
        """Return the submitted strategy. Raises `BadRequest`."""
        if not self.is_valid():
            raise BadRequest("There is no such delete strategy.")
        return self.strategies[self.cleaned_data["strategy"] or self.default]


class SoftDeleteAdmin(RowActionsAdmin[ModelT]):
    """A `ModelAdmin` that deletes with the services: each row is a deletion of its own."""

    delete_help_text: str  # what deleting means, whatever the strategy
    delete_confirmation_template = "core/admin/delete_confirmation.html"
    delete_selected_confirmation_template = "core/admin/delete_selected_confirmation.html"

    def get_delete_strategies(self, rows: Sequence[ModelT]) -> list[DeleteStrategy[ModelT]]:
        """Return the strategies for these rows, with their consequences as of now."""
        raise NotImplementedError

    def row_label(self, row: ModelT) -> str:
        return str(row)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_live)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple:
        """Return no related rows: the strategy decides what happens to them."""
        return [str(row) for row in objs], {self.opts.verbose_name: len(objs)}, set(), []

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            return super().delete_view(request, object_id, extra_context)
        if not row.is_live and super().has_delete_permission(request):
            self.message_user(request, f"“{row}” is already deleted.", messages.WARNING)
            return HttpResponseRedirect(self.changelist_url())
        form = DeleteForm(self.get_delete_strategies([row]))
        context = self.confirmation_context(form, [row]) | (extra_context or {})
        try:
            return super().delete_view(request, object_id, context)
        except SERVICE_ERRORS as error:
            self.message_user(request, error_message(error, self.model), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def delete_model(self, request: HttpRequest, obj: ModelT) -> None:
        form = DeleteForm(self.get_delete_strategies([obj]), request.POST)
        form.selected_strategy.delete(obj)

    @admin.action(description="Delete the selected %(verbose_name_plural)s", permissions=["delete"])
    def delete_selected(
        self, request: HttpRequest, queryset: CatalogQuerySet
    ) -> HttpResponse | None:
        """Render the confirmation page; delete when that is submitted."""
        rows = self.selected_rows(request, queryset.live())
        if not rows:
            return None
        strategies = self.get_delete_strategies(rows)
        if "post" not in request.POST:
            return self.render_confirmation(request, DeleteForm(strategies), rows)
        strategy = DeleteForm(strategies, request.POST).selected_strategy

        def delete(row: ModelT) -> None:
            current = reload(row)
            if current.is_live:  # otherwise deleted with another selected row
                strategy.delete(current)
                self.log_deletions(request, type(row).all_objects.filter(pk=row.pk))

        self.message_report(request, "deleted", apply_to_each(rows, delete))
        return None

    def render_confirmation(
        self, request: HttpRequest, form: DeleteForm[ModelT], rows: Sequence[ModelT]
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            **self.confirmation_context(form, rows),
            "title": "Delete multiple objects",
            "opts": self.opts,
            "keys": [row.pk for row in rows],
            "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            "media": self.media,
        }
        return TemplateResponse(request, self.delete_selected_confirmation_template, context)

    def confirmation_context(
        self, form: DeleteForm[ModelT], rows: Sequence[ModelT]
    ) -> dict[str, Any]:
        """Return the context of `core/admin/delete_details.html`."""
        return {
            "delete_form": form,
            "help_text": self.delete_help_text,
            "rows": [(self.row_label(row), row.slug) for row in rows[:MAX_LISTED_ROWS]],
            "total": len(rows),
            "unlisted": len(rows[MAX_LISTED_ROWS:]),
            "trash_days": settings.TRASH_DAYS,
        }

    def changelist_url(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
