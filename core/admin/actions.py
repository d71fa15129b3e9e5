"""Admin actions that process the selected rows one by one and report each failure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Generic, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.utils import model_ngettext
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.admin.errors import SERVICE_ERRORS, error_message
from core.errors import NotDeleted, NotFound
from core.models import CatalogModel, CatalogQuerySet

MAX_ROWS = 500  # of one action: each row is a transaction of its own
MAX_SECONDS = 20  # of one action: a request must end before the proxy's timeout
MAX_MESSAGES = 20

ModelT = TypeVar("ModelT", bound=CatalogModel)


@dataclass
class ActionReport(Generic[ModelT]):
    """How many rows an action processed, and why it did not process the others."""

    succeeded: int = 0
    failed: list[tuple[ModelT, str]] = field(default_factory=list)
    skipped: int = 0  # not processed before the deadline


def apply_to_each(
    rows: Iterable[ModelT], service: Callable[[ModelT], object]
) -> ActionReport[ModelT]:
    """Call the service with each row until the deadline. A failed row does not stop the next."""
    report, deadline = ActionReport[ModelT](), monotonic() + MAX_SECONDS
    for row in rows:
        if monotonic() > deadline:
            report.skipped += 1
            continue
        try:
            service(row)
        except SERVICE_ERRORS as error:
            report.failed.append((row, error_message(error, type(row))))
        else:
            report.succeeded += 1
    return report


def reload(row: ModelT) -> ModelT:
    """Return the row as it is stored now. Raises `NotFound`."""
    current = type(row).all_objects.filter(pk=row.pk).first()
    if current is None:
        raise NotFound("It has been hard-deleted.")
    return current


def rename_message(entry: Mapping[str, Any]) -> str:
    """Return the sentence about a restored row whose slug or SKU was replaced."""
    changes = [
        (
            f"{label} “{former}” is taken, it has “{entry[name]}” now"
            if entry[name]
            else f"{label} “{former}” is taken, it has none now"
        )
        for name, label in (("slug", "the slug"), ("sku", "the SKU"))
        if (former := entry.get(f"former_{name}")) != entry.get(name)
    ]
    return f"A restored {entry['type']} was renamed: {'; '.join(changes)}."


class RowActionsAdmin(admin.ModelAdmin, Generic[ModelT]):
    """A `ModelAdmin` whose actions call a service for each selected row."""

    restore_row: Callable[..., list[dict[str, Any]]]  # a service; returns the renamed rows

    @admin.action(
        description="Restore the selected %(verbose_name_plural)s", permissions=["change"]
    )
    def restore(self, request: HttpRequest, queryset: CatalogQuerySet) -> None:
        self.restore_selected(request, queryset)

    @admin.action(
        description="Restore the selected %(verbose_name_plural)s, replace taken slugs and SKUs",
        permissions=["change"],
    )
    def restore_renamed(self, request: HttpRequest, queryset: CatalogQuerySet) -> None:
        self.restore_selected(request, queryset, rename_conflicts=True)

    def restore_selected(
        self, request: HttpRequest, queryset: CatalogQuerySet, *, rename_conflicts: bool = False
    ) -> None:
        """Restore the selected rows, each with the rows of its deletion, and report."""
        renamed: list[dict[str, Any]] = []
        related = 0

        def restore(row: ModelT) -> None:
            nonlocal related
            if row.is_live:
                raise NotDeleted("It is not deleted.")
            current = reload(row)
            if current.is_live:  # restored with another selected row, and counted there
                related -= 1
                return
            count = self.count_deleted_with(current)
            renamed.extend(self.restore_row(current, rename_conflicts=rename_conflicts))
            related += count

        report = apply_to_each(self.selected_rows(request, queryset), restore)
        self.message_report(request, "restored", report)
        if related > 0:
            text = f"Rows of the same deletions were restored too: {related}."
            self.message_user(request, text, messages.SUCCESS)
        for entry in renamed[:MAX_MESSAGES]:
            self.message_user(request, rename_message(entry), messages.WARNING)
        if len(renamed) > MAX_MESSAGES:
            text = f"{len(renamed) - MAX_MESSAGES} more were renamed."
            self.message_user(request, text, messages.WARNING)

    def count_deleted_with(self, row: ModelT) -> int:
        """Return how many other rows a restore of this row restores."""
        return 0

    def selected_rows(self, request: HttpRequest, queryset: CatalogQuerySet) -> list[ModelT]:
        """Return the selected rows, or none and an error message if there are too many."""
        rows = list(queryset[: MAX_ROWS + 1])
        if len(rows) <= MAX_ROWS:
            return rows
        noun = self.opts.verbose_name_plural
        text = f"Nothing was done. Select at most {MAX_ROWS} {noun} at once."
        self.message_user(request, text, messages.ERROR)
        return []

    def message_report(
        self, request: HttpRequest, participle: str, report: ActionReport[ModelT]
    ) -> None:
        """Send the report to the user, as in “3 products deleted.”"""
        if report.succeeded:
            noun = model_ngettext(self.opts, report.succeeded)
            text = f"{report.succeeded} {noun} {participle}."
            self.message_user(request, text, messages.SUCCESS)
        for row, reason in report.failed[:MAX_MESSAGES]:
            text = format_html("Not {}: {}. {}", participle, self.change_link(row), reason)
            self.message_user(request, text, messages.ERROR)
        unlisted = len(report.failed) - MAX_MESSAGES
        if unlisted > 0:
            self.message_user(request, f"Not {participle}: {unlisted} more.", messages.ERROR)
        if report.skipped:
            text = f"Not {participle} yet: {report.skipped}. Repeat the action for them."
            self.message_user(request, text, messages.WARNING)

    def change_link(self, row: ModelT) -> SafeString:
        url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, row)
