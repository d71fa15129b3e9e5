"""Deleting in the admin: a page that says what it means, then the services, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from core.admin.actions import RowActions, Service, apply_to_each, read_again
from core.admin.errors import EXPECTED, describe
from core.models import CatalogModel

MAX_LISTED = 50


@dataclass(frozen=True)
class Strategy:
    """A way to delete a row, and in words what becomes of what depends on it."""

    name: str
    title: str
    consequence: str
    delete: Service


class DeletionForm(forms.Form):
    """The choice between the strategies; the first is the default."""

    strategy = forms.ChoiceField(widget=forms.RadioSelect, required=False)

    def __init__(self, strategies: Sequence[Strategy], *args: Any) -> None:
        super().__init__(*args, initial={"strategy": strategies[0].name})
        self.strategies = {strategy.name: strategy for strategy in strategies}
        self.fields["strategy"].choices = [
            (one.name, format_html("<strong>{}</strong> {}", one.title, one.consequence))
            for one in strategies
        ]

    @property
    def chosen(self) -> Strategy:
        """Return the submitted strategy. Raises `BadRequest`."""
        if not self.is_valid():
            raise BadRequest("There is no such way to delete.")
        return self.strategies[self.cleaned_data["strategy"] or self.initial["strategy"]]


class RowDeletion(RowActions):
    """An admin that deletes by the services, each row as a deletion of its own."""

    deletion_effect: str  # in a sentence, whatever the strategy
    delete_confirmation_template = "core/admin/delete.html"
    delete_selected_confirmation_template = "core/admin/delete_selected.html"

    def get_strategies(self, rows: Sequence[CatalogModel]) -> list[Strategy]:
        """Return the ways to delete these rows, with what each would mean for them now."""
        raise NotImplementedError

    def deletion_context(self, form: DeletionForm, rows: Sequence[CatalogModel]) -> dict[str, Any]:
        return {
            "deletion": form,
            "effect": self.deletion_effect,
            "rows": [(self.describe_row(row), row.slug) for row in rows[:MAX_LISTED]],
            "total": len(rows),
            "unlisted": len(rows[MAX_LISTED:]),
            "trash_days": settings.TRASH_DAYS,
        }

    def describe_row(self, row: CatalogModel) -> str:
        return str(row)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_live)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple:
        """Return no related rows: what becomes of them is the strategy's matter."""
        return [str(row) for row in objs], {self.opts.verbose_name: len(objs)}, set(), []

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            return super().delete_view(request, object_id, extra_context)
        if not row.is_live and super().has_delete_permission(request):
            self.message_user(request, f"“{row}” is deleted already.", messages.WARNING)
            return HttpResponseRedirect(self.list_url())
        form = DeletionForm(self.get_strategies([row]))
        context = self.deletion_context(form, [row]) | (extra_context or {})
        try:
            return super().delete_view(request, object_id, context)
        except EXPECTED as error:
            self.message_user(request, describe(error, self.model), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def delete_model(self, request: HttpRequest, obj: CatalogModel) -> None:
        DeletionForm(self.get_strategies([obj]), request.POST).chosen.delete(obj)

    @admin.action(description="Delete the selected %(verbose_name_plural)s", permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Ask which way, then delete."""
        rows = self.selected(request, queryset.live())
        if not rows:
            return None
        strategies = self.get_strategies(rows)
        if "post" not in request.POST:
            return self.confirmation(request, DeletionForm(strategies), rows)
        strategy = DeletionForm(strategies, request.POST).chosen

        def delete(row: CatalogModel) -> None:
            current = read_again(row)
            if current.is_live:  # else it went with another row of the same selection
                strategy.delete(current)
                self.log_deletions(request, [current])

        self.send_report(request, "deleted", apply_to_each(rows, delete))
        return None

    def confirmation(
        self, request: HttpRequest, form: DeletionForm, rows: Sequence[CatalogModel]
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            **self.deletion_context(form, rows),
            "title": "Delete multiple objects",
            "opts": self.opts,
            "keys": [row.pk for row in rows],
            "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            "media": self.media,
        }
        return TemplateResponse(request, self.delete_selected_confirmation_template, context)

    def list_url(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
