"""Select the row that a slug or id identifies, or raise an error that says why there is none."""

from typing import TypeVar

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
    everything = model.all_objects.with_deleted("include")
    deleted = everything.deleted().by_slug_or_id(slug_or_id).order_by("-deleted_at").first()
    redirect = SlugRedirect.objects.filter(model=model._meta.model_name, slug=slug_or_id).first()
    # The last row that had the slug counts: one deleted since then supersedes the redirect.
    superseded_at = deleted and deleted.deleted_at
    if redirect and not (superseded_at and superseded_at > redirect.retired_at):
        row = everything.filter(pk=redirect.row_id).first()
        if row and row.is_live:
            return SlugMoved(slug=row.slug)
        deleted = row or deleted
    name = model._meta.verbose_name
    if deleted is None:
        return NotFound(f"There is no {name} {slug_or_id!r}.")
    return SoftDeleted(f"The {name} {slug_or_id!r} was deleted.", deleted)


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
