"""Select the row that a slug or id identifies, or raise an error that says why there is none."""

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
    for pk in last_holders(model, slug_or_id):
        row = model.all_objects.with_deleted("include").filter(pk=pk).first()
        if row and row.is_live:
            return SlugMoved(slug=row.slug)
        if row:
            return SoftDeleted(f"The {name} {slug_or_id!r} was deleted.", row)
    return NotFound(f"There is no {name} {slug_or_id!r}.")


def last_holders(model: type[CatalogModel], slug_or_id: str) -> list[UUID]:
    """Return the ids of the rows that had the slug last: by a redirect, or when it was deleted.

    One statement of two index look-ups. A redirect may lead to a row that is gone, so there are
    two; at the same time it counts for more than a deleted row.
    """
    redirects = SlugRedirect.objects.filter(model=model._meta.model_name, slug=slug_or_id)
    deleted = model.all_objects.deleted().by_slug_or_id(slug_or_id)
    holders = (
        redirects.annotate(at=F("retired_at"), is_redirect=Value(1))
        .values_list("row_id", "at", "is_redirect")
        .union(
            deleted.annotate(at=F("deleted_at"), is_redirect=Value(0)).values_list(
                "pk", "at", "is_redirect"
            ),
            all=True,
        )
    )
    return [pk for pk, *_ in holders.order_by("-at", "-is_redirect")[:2]]


def get_deleted(rows: CatalogQuerySet[RowT], slug_or_id: str) -> RowT:
    """Return the deleted row. Raises `NotDeleted`, `AmbiguousSlug`, or what `get_live` raises."""
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
