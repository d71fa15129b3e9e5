"""Finding the row that an address in a URL means."""

from typing import Any

from django.urls import reverse

from core.errors import Ambiguous, Deleted, NotDeleted, NotFound
from core.models import CatalogModel, CatalogQuerySet


def find_live(rows: CatalogQuerySet, address: str) -> Any:
    """Give the live row under this slug or id. Raises `Deleted` or `NotFound`."""
    row = rows.live().addressed(address).first()
    if row is None:
        raise absent(rows, address)
    return row


def absent(rows: CatalogQuerySet, address: str) -> NotFound:
    """Tell why there is no live row: it was deleted, or never was."""
    deleted = rows.model.all_objects.deleted().addressed(address).order_by("-deleted_at").first()
    if deleted is None:
        return NotFound(f"There is no {rows.model._meta.verbose_name} {address!r}.")
    detail = f"The {rows.model._meta.verbose_name} {address!r} was deleted."
    return Deleted(detail, deleted_at=deleted.deleted_at, restore_url=restore_url(deleted))


def find_deleted(rows: CatalogQuerySet, address: str) -> Any:
    """Give the deleted row of this slug or id. Raises `NotDeleted`, `Ambiguous`, `NotFound`."""
    match list(rows.deleted().addressed(address).order_by("-deleted_at")[:20]):
        case [row]:
            return row
        case []:
            find_live(rows, address)
            raise NotDeleted(f"{address!r} is not deleted.")
        case several:
            candidates = [{"id": row.pk, "deleted_at": row.deleted_at} for row in several]
            raise Ambiguous(
                f"Several that were called {address!r} are deleted.", candidates=candidates
            )


def restore_url(row: CatalogModel) -> str:
    return reverse(f"{row._meta.model_name}-restore", args=[row.pk])
