"""What the admin pages of products and categories share."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from core import slugs
from core.errors import CatalogError
from core.images import InvalidImage
from core.models import CatalogModel
from core.uniqueness import is_route


class DeletedFilter(admin.SimpleListFilter):
    """Live rows, unless the deleted ones are asked for."""

    title = parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("only", "Deleted only"), ("include", "Deleted too")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.by_deletion(self.value())


class CatalogForm(forms.ModelForm):
    """A form whose slug may be blank, or is one that a URL can reach."""

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if slug and (not slugs.is_well_formed(slug) or is_route(self._meta.model, slug)):
            raise forms.ValidationError("Use small letters, digits and single hyphens.")
        return slug


class CatalogAdmin(admin.ModelAdmin):
    """Rows under a slug. A subclass names the services that create, update and restore them."""

    create: Callable[..., CatalogModel]
    update: Callable[..., CatalogModel]
    restore_row: Callable[..., CatalogModel]

    form = CatalogForm
    ordering = ["-created_at"]
    search_fields = ["name", "slug"]
    list_filter = [DeletedFilter]
    readonly_fields = ["id", "version", "created_at", "updated_at", "deleted_at"]
    actions = ["restore"]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return self.model.all_objects.order_by(*self.ordering)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_live)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_live)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple:
        """Say what will be hidden: these rows, and nothing that hangs on them."""
        return [str(row) for row in objs], {self.opts.verbose_name: len(objs)}, set(), []

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (CatalogError, InvalidImage) as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def save_model(
        self, request: HttpRequest, obj: CatalogModel, form: forms.ModelForm, change: bool
    ) -> None:
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        if "image" in values:
            values["image"] = values["image"] or None  # False is the form's word for removed
        if change:
            self.update(self.model.objects.get(pk=obj.pk), **values)
        else:
            obj.pk = self.create(**values).pk

    @admin.action(description="Restore the selected", permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet) -> None:
        for row in queryset.deleted():
            try:
                self.restore_row(row)
            except CatalogError as error:
                self.message_user(request, f"{row}: {error}", messages.ERROR)
