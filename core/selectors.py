"""Select the row that a slug or id identifies, or raise an error that says why there is none."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import F, Value

from core.errors import AmbiguousSlug, CatalogError, NotDeleted, NotFound, SlugMoved, SoftDeleted
from core.models import CatalogModel, CatalogQuerySet, SlugRedirect

RowT = TypeVar("RowT", bound=CatalogModel)

MAX_CANDIDATES = 20  # deleted rows that an error lists


def get_live(rows: CatalogQuerySet[RowT], slug_or_id: str) -> RowT:
    """Return the live row. Raises `SlugMoved`, `SoftDeleted` or `NotFound`."""
    row = rows.live().by_slug_or_id(slug_or_id).first()
    if row is None:
        raise missing_row_error(rows, slug_or_id)
    return row


def missing_row_error(rows: CatalogQuerySet[RowT], slug_or_id: str) -> CatalogError:
    """Return why there is no live row: its slug changed, it is deleted, or it never existed."""
    model = rows.model
    name = model._meta.verbose_name
    for pk, moment, is_redirect in last_holders(model, slug_or_id):
        row: CatalogModel | None = model(pk=pk, deleted_at=moment)
        if is_redirect:
            row = model.all_objects.with_deleted("include").filter(pk=pk).first()
        if row and row.is_live:
            return SlugMoved(slug=row.slug)
        if row:
            return SoftDeleted(f"The {name} {slug_or_id!r} was deleted.", row)
    return NotFound(f"There is no {name} {slug_or_id!r}.")


def last_holders(
    model: type[CatalogModel], slug_or_id: str
) -> Iterable[tuple[UUID, datetime, bool]]:
    """Return the ids of the rows that had the slug last, since when not, and if that redirects.

    One statement of two index look-ups. A redirect may lead to a row that is gone, so there are
    two; at the same time it counts for more than a deleted row.
    """
    redirects = SlugRedirect.objects.filter(model=model._meta.model_name, slug=slug_or_id)
    deleted = model.all_objects.deleted().by_slug_or_id(slug_or_id)
    columns = ["holder", "moment", "is_redirect"]
    holders = redirects.annotate(
        holder=F("row_id"), moment=F("retired_at"), is_redirect=Value(True)
    ).values_list(*columns)
    holders = holders.union(
        deleted.annotate(
            holder=F("pk"), moment=F("deleted_at"), is_redirect=Value(False)
        ).values_list(*columns),
        all=True,
    )
    return holders.order_by("-moment", "-is_redirect")[:2]


def get_deleted(rows: CatalogQuerySet[RowT], slug_or_id: str) -> RowT:
    """Return the deleted row. Raises `NotDeleted`, `AmbiguousSlug`, or what `get_live` raises."""
    try:
        return select_deleted(rows, slug_or_id)
    except SoftDeleted:  # by another client, after the deleted rows were read
        return select_deleted(rows, slug_or_id)


def select_deleted(rows: CatalogQuerySet[RowT], slug_or_id: str) -> RowT:
    """Return the deleted row, or raise an error that says why there was none at that moment."""
    deleted = rows.deleted().by_slug_or_id(slug_or_id).order_by("-deleted_at")
    match list(deleted[:MAX_CANDIDATES]):
        case [row]:
            return row
        case []:
            get_live(rows, slug_or_id)
            raise NotDeleted(f"{slug_or_id!r} is not deleted.")
        case several:
            candidates = [{"id": row.pk, "deleted_at": row.deleted_at} for row in several]
            detail = f"Several deleted objects had the slug {slug_or_id!r}."
            raise AmbiguousSlug(detail, candidates=candidates)
