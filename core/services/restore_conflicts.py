"""Slugs and SKUs of deleted rows that live rows have by now."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from core import slugs
from core.models import CatalogModel, CatalogQuerySet
from core.services.uniqueness import CONFLICT_ERRORS


@dataclass(frozen=True)
class TakenValue:
    """A value that a deleted row had, and the live row that has it now."""

    model: type[CatalogModel]
    id: UUID
    field: str
    value: str
    holder: UUID

    def __str__(self) -> str:
        return f"Another live {self.model._meta.verbose_name} has the {self.field} {self.value!r}."

    def error_entry(self) -> dict[str, Any]:
        """Return the entry in a problem's `errors`."""
        return {
            "code": CONFLICT_ERRORS[self.field].code,
            "detail": str(self),
            "type": self.model._meta.model_name,
            "id": self.id,
            self.field: self.value,
            "holder": self.holder,
        }


def taken_values(rows: CatalogQuerySet) -> Iterator[TakenValue]:
    """Yield the unique values of these deleted rows that live rows have."""
    for field in unique_fields(rows.model):
        holder = rows.model.objects.filter(**{field: OuterRef(field)}).values("pk")[:1]
        held = rows.annotate(holder=Subquery(holder)).filter(holder__isnull=False)
        for key, value, holder_id in held.order_by("pk").values_list("pk", field, "holder"):
            yield TakenValue(rows.model, key, field, value, holder_id)


def unique_fields(model: type[CatalogModel]) -> list[str]:
    """Return the fields of the model that are unique among live rows."""
    return [field.name for field in model._meta.fields if field.name in CONFLICT_ERRORS]


def replace_taken_values(rows: CatalogQuerySet) -> list[dict[str, Any]]:
    """Write free slugs, and no SKUs, in place of those that live rows have.

    Return what was replaced, as a response lists it. The rows are still deleted, so nothing about
    them is unique yet; other clients may take the new slugs before they are live.
    """
    taken = defaultdict(set)
    for value in taken_values(rows):
        taken[value.id].add(value.field)
    fields = unique_fields(rows.model)
    replaced = list(rows.filter(pk__in=taken).order_by("pk"))
    new_slugs = free_slugs([row for row in replaced if "slug" in taken[row.pk]])
    report = []
    for row in replaced:
        entry = {"type": row._meta.model_name, "id": row.pk}
        values = {"slug": new_slugs.get(row.pk, row.slug)}
        if "sku" in fields:
            values["sku"] = None if "sku" in taken[row.pk] else row.sku
        for field, value in values.items():
            entry |= {field: value, f"former_{field}": getattr(row, field)}
            setattr(row, field, value)
        for field, value in row.derived_columns(fields).items():
            setattr(row, field, value)
        report.append(entry)
    if replaced:
        written = [*fields, *replaced[0].derived_columns(fields)]
        rows.model.all_objects.bulk_update(replaced, written)
    return report


def free_slugs(rows: list[CatalogModel]) -> dict[UUID, str]:
    """Return a slug for each row that neither a live row has nor one that is restored with it."""
    if not rows:
        return {}
    model = type(rows[0])
    candidates = {row.pk: list(slugs.slug_candidates(row.slug, row.pk)) for row in rows}
    everyones = [slug for several in candidates.values() for slug in several]
    together = model.all_objects.filter(deletion_id__in={row.deletion_id for row in rows})
    unavailable = {
        slug
        for others in (model.objects.all(), together)
        for slug in others.filter(slug__in=everyones).values_list("slug", flat=True)
    }
    free = {}
    for key, several in candidates.items():
        free[key] = next(
            slug for slug in several if slug not in unavailable and not slugs.is_reserved_slug(slug)
        )
        unavailable.add(free[key])
    return free
