"""Actions on the selected rows of a list: one by one, with a report of what was done."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import model_ngettext
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.admin.errors import EXPECTED, describe
from core.errors import NotDeleted, NotFound
from core.models import CatalogModel

MAX_ROWS = 500  # of one action: each row is a transaction of its own
MAX_SECONDS = 20
MAX_REASONS = 20

Service = Callable[[CatalogModel], object]


@dataclass
class Report:
    """What an action did, and why it did not do the rest."""

    done: int = 0
    failed: list[tuple[CatalogModel, str]] = field(default_factory=list)
    left: int = 0


def apply_to_each(rows: Iterable[CatalogModel], service: Service) -> Report:
    """Call a service with each row. One that fails does not stop the next; the deadline does."""
    report, deadline = Report(), monotonic() + MAX_SECONDS
    for row in rows:
        if monotonic() > deadline:
            report.left += 1
            continue
        try:
            service(row)
        except EXPECTED as error:
            report.failed.append((row, describe(error, type(row))))
        else:
            report.done += 1
    return report


def read_again(row: CatalogModel) -> CatalogModel:
    """Return the row as it is now. Raises `NotFound`."""
    current = type(row).all_objects.filter(pk=row.pk).first()
    if current is None:
        raise NotFound("It was purged a moment ago.")
    return current


def describe_renaming(entry: Mapping[str, Any]) -> str:
    """Return what a restore changed in a row, in a sentence."""
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


class RowActions(admin.ModelAdmin):
    """An admin whose actions say what they did and what they did not."""

    restore_row: Callable[..., list[dict[str, Any]]]  # which returns what it renamed

    @admin.action(
        description="Restore the selected %(verbose_name_plural)s", permissions=["change"]
    )
    def restore(self, request: HttpRequest, queryset: QuerySet) -> None:
        self.restore_selected(request, queryset)

    @admin.action(
        description="Restore, with free slugs where theirs are taken",
        permissions=["change"],
    )
    def restore_renamed(self, request: HttpRequest, queryset: QuerySet) -> None:
        self.restore_selected(request, queryset, rename_conflicts=True)

    def restore_selected(self, request: HttpRequest, queryset: QuerySet, **options: bool) -> None:
        renamed, others = [], 0

        def restore(row: CatalogModel) -> None:
            nonlocal others
            if row.is_live:
                raise NotDeleted("It is not deleted.")
            current = read_again(row)
            if current.is_live:  # it came back with another row of the same selection
                others -= 1
                return
            together = self.count_deleted_with(current)
            renamed.extend(self.restore_row(current, **options))
            others += together

        report = apply_to_each(self.selected(request, queryset), restore)
        self.send_report(request, "restored", report)
        if others > 0:
            text = f"With them came back what was deleted together: {others} more."
            self.message_user(request, text, messages.SUCCESS)
        for entry in renamed[:MAX_REASONS]:
            self.message_user(request, describe_renaming(entry), messages.WARNING)
        if len(renamed) > MAX_REASONS:
            text = f"{len(renamed) - MAX_REASONS} more were renamed."
            self.message_user(request, text, messages.WARNING)

    def count_deleted_with(self, row: CatalogModel) -> int:
        """Return how many other rows a restore of this one brings back."""
        return 0

    def selected(self, request: HttpRequest, queryset: QuerySet) -> list[CatalogModel]:
        """Return the selected rows; none, with a message, if there are too many."""
        rows = list(queryset[: MAX_ROWS + 1])
        if len(rows) <= MAX_ROWS:
            return rows
        noun = self.opts.verbose_name_plural
        text = f"Nothing was done. Select at most {MAX_ROWS} {noun} at once."
        self.message_user(request, text, messages.ERROR)
        return []

    def send_report(self, request: HttpRequest, participle: str, report: Report) -> None:
        if report.done:
            text = f"{report.done} {model_ngettext(self.opts, report.done)} {participle}."
            self.message_user(request, text, messages.SUCCESS)
        for row, reason in report.failed[:MAX_REASONS]:
            text = format_html("Not {}: {}. {}", participle, self.link(row), reason)
            self.message_user(request, text, messages.ERROR)
        unnamed = len(report.failed) - MAX_REASONS
        if unnamed > 0:
            self.message_user(request, f"Not {participle}: {unnamed} more.", messages.ERROR)
        if report.left:
            text = f"Not {participle} yet: {report.left}. Repeat the action for them."
            self.message_user(request, text, messages.WARNING)

    def link(self, row: CatalogModel) -> SafeString:
        url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, row)
