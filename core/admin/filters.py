"""Filters of the change lists."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from core.models import CatalogQuerySet
from core.models.soft_delete import DeletedMode

if TYPE_CHECKING:
    from django.contrib.admin.filters import _ListFilterChoices


class DeletedListFilter(admin.SimpleListFilter):
    """Live rows by default; deleted ones on request."""

    title = parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("only", "Deleted only"), ("include", "Live and deleted")]

    def choices(self, changelist: ChangeList) -> Iterator["_ListFilterChoices"]:
        default, *others = super().choices(changelist)
        yield {**default, "display": "Live only"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        mode = cast("DeletedMode | None", self.value())  # any other value selects live rows
        return cast("CatalogQuerySet", queryset).with_deleted(mode)
