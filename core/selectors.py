"""Finding the row that an address in a URL means."""

from typing import Any

from django.urls import reverse

from core.errors import AmbiguousSlug, CatalogError, NotDeleted, NotFound, SlugMoved, SoftDeleted
from core.models import CatalogModel, CatalogQuerySet, SlugRedirect


def get_live(rows: CatalogQuerySet, address: str) -> Any:
    """Give the live row under this slug or id. Raises `SlugMoved`, `SoftDeleted` or `NotFound`."""
    row = rows.live().by_slug_or_id(address).first()
    if row is None:
        raise absent(rows, address)
    return row


def absent(rows: CatalogQuerySet, address: str) -> CatalogError:
    """Tell why there is no live row: it moved, it was deleted, or it never was."""
    everything = rows.model.all_objects.with_deleted("include")
    deleted = everything.deleted().by_slug_or_id(address).order_by("-deleted_at").first()
    former = SlugRedirect.objects.filter(model=rows.model._meta.model_name, slug=address).first()
    # Who had the slug last is meant: a row deleted since then has ended the former one.
    if former and not (deleted and deleted.deleted_at > former.retired_at):
        row = everything.filter(pk=former.row_id).first()
        if row and row.is_live:
            return SlugMoved(f"{address!r} is called {row.slug!r} now.", slug=row.slug)
        deleted = row or deleted
    kind = rows.model._meta.verbose_name
    if deleted is None:
        return NotFound(f"There is no {kind} {address!r}.")
    detail = f"The {kind} {address!r} was deleted."
    return SoftDeleted(detail, deleted_at=deleted.deleted_at, restore_url=restore_url(deleted))


def get_deleted(rows: CatalogQuerySet, address: str) -> Any:
    """Give the deleted row of this slug or id. Raises `NotDeleted`, `AmbiguousSlug`, `NotFound`."""
    match list(rows.deleted().by_slug_or_id(address).order_by("-deleted_at")[:20]):
        case [row]:
            return row
        case []:
            get_live(rows, address)
            raise NotDeleted(f"{address!r} is not deleted.")
        case several:
            candidates = [{"id": row.pk, "deleted_at": row.deleted_at} for row in several]
            raise AmbiguousSlug(
                f"Several that were called {address!r} are deleted.", candidates=candidates
            )


def restore_url(row: CatalogModel) -> str:
    return reverse(f"{row._meta.model_name}-restore", args=[row.pk])
