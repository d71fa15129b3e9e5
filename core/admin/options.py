"""The admin of a catalog model."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

from core.admin.deletion import RowDeletion
from core.admin.filters import DeletedFilter
from core.admin.forms import CatalogForm
from core.db.search import fold
from core.models import CatalogModel


class CatalogAdmin(RowDeletion):
    """Rows identified by a slug, changed by the services alone.

    A subclass names its form, its strategies of deletion, and `restore_row`.
    """

    form = CatalogForm
    ordering = ["-created_at"]
    search_fields = ["search_text", "slug"]
    list_filter = [DeletedFilter]
    readonly_fields = ["id", "version", "created_at", "updated_at", "deleted_at"]
    actions = ["delete_selected", "restore", "restore_renamed"]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return self.model.all_objects.order_by(*self.ordering)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Search as the API does, and for a whole slug."""
        for word in fold(search_term).split():
            queryset = queryset.filter(Q(search_text__contains=word) | Q(slug=word))
        return queryset, False

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """Show when rows were deleted only where deleted rows are shown."""
        columns = super().get_list_display(request)
        return [name for name in columns if name != "deleted_at" or "deleted" in request.GET]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list:
        """Leave out what a new row does not have yet."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None:
            return fieldsets
        read_only = set(self.get_readonly_fields(request))
        return [
            (title, options | {"fields": fields})
            for title, options in fieldsets
            if (fields := [name for name in options["fields"] if name not in read_only])
        ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Show deleted rows read-only; a form opened before still comes back with its errors."""
        editable = obj is None or obj.is_live or request.method == "POST"
        return editable and super().has_change_permission(request, obj)

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None and not obj.is_live and request.method == "GET":
            text = format_html(
                "This {} is deleted and cannot be changed. To restore it, select it in"
                ' <a href="{}">the list of the deleted ones</a>, and choose the action “Restore”.',
                self.opts.verbose_name,
                f"{self.list_url()}?deleted=only",
            )
            self.message_user(request, text, messages.WARNING)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_form(self, request: HttpRequest, form: CatalogForm, change: bool) -> CatalogModel:
        if form.changed_elsewhere:
            labels = form.labels(form.changed_elsewhere)
            text = f"Somebody else changed {labels} since you opened the form; that was kept."
            self.message_user(request, text, messages.WARNING)
        return super().save_form(request, form, change)

    def save_model(
        self, request: HttpRequest, obj: CatalogModel, form: CatalogForm, change: bool
    ) -> None:
        """Do nothing: the form has written the row."""
