"""The `ModelAdmin` of a catalog model."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

from core.admin.actions import ModelT
from core.admin.deletion import SoftDeleteAdmin
from core.admin.filters import DeletedListFilter
from core.admin.forms import CatalogForm
from core.db.search import fold
from core.models import CatalogQuerySet


class CatalogAdmin(SoftDeleteAdmin[ModelT]):
    """A `ModelAdmin` of rows that only the services change.

    A subclass defines its `form`, `get_delete_strategies`, `delete_help_text` and `restore_row`.
    """

    form = CatalogForm
    ordering = ["-created_at"]
    search_fields = ["search_text", "slug"]
    list_filter = [DeletedListFilter]
    readonly_fields = ["id", "version", "created_at", "updated_at", "deleted_at"]
    actions = ["delete_selected", "restore", "restore_renamed"]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> CatalogQuerySet:
        return self.model.all_objects.order_by(*self.ordering)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Search as the API does, and match whole slugs."""
        for word in fold(search_term).split():
            queryset = queryset.filter(Q(search_text__contains=word) | Q(slug=word))
        return queryset, False

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Show `deleted_at` only where deleted rows are listed."""
        columns = super().get_list_display(request)
        return [name for name in columns if name != "deleted_at" or "deleted" in request.GET]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Omit read-only fields from the page that adds a row: they have no values yet."""
        fieldsets = list(super().get_fieldsets(request, obj))
        if obj is not None:
            return fieldsets
        read_only = set(self.get_readonly_fields(request))
        return [
            (title, options | {"fields": fields})
            for title, options in fieldsets
            if (fields := [name for name in options["fields"] if name not in read_only])
        ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Show deleted rows read-only. A form that was opened before still gets its errors."""
        editable = obj is None or obj.is_live or request.method == "POST"
        return editable and super().has_change_permission(request, obj)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: ModelT | None = None,
    ) -> HttpResponse:
        if obj is not None and not obj.is_live and request.method == "GET":
            text = format_html(
                "This {} is deleted and cannot be changed. To restore it, select it in the"
                ' <a href="{}">list of deleted {}</a> and run the action “Restore”.',
                self.opts.verbose_name,
                f"{self.changelist_url()}?deleted=only",
                self.opts.verbose_name_plural,
            )
            self.message_user(request, text, messages.WARNING)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_form(self, request: HttpRequest, form: CatalogForm, change: bool) -> Any:
        if form.concurrent_changes:
            labels = form.labels(form.concurrent_changes)
            text = f"Changes that others made to {labels} after you opened the form were kept."
            self.message_user(request, text, messages.WARNING)
        return super().save_form(request, form, change)

    def save_model(
        self, request: HttpRequest, obj: ModelT, form: CatalogForm, change: bool
    ) -> None:
        """Do nothing: `CatalogForm.is_valid` has written the row."""
