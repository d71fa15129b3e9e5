"""Insert and update rows of the catalog: the one write path of API, admin and jobs."""

from collections.abc import Callable
from typing import Any

from core import slugs
from core.models import CatalogModel, SlugRedirect
from core.services.uniqueness import conflict_error, translate_unique_violations


def insert_with_free_slug(row: CatalogModel, *, check: Callable[[Any], None] | None = None) -> None:
    """Insert a row under its slug, or under a free one made from its name if it has none.

    `check` runs first, in the same transaction, and may raise. Raises `SlugConflict` only for a
    slug that the caller chose, `SkuConflict` always.
    """
    values = {"slug": row.slug, "sku": getattr(row, "sku", None)}
    with translate_unique_violations(row, values):
        if check:
            check(row)
        if not row.slug:
            insert_under_candidate(row)
        elif not row.insert_unless_slug_taken():
            raise conflict_error(row, values, "slug")


def insert_under_candidate(row: CatalogModel) -> None:
    """Insert a row under the first free candidate for its slug.

    Nearly every name is new, so the first candidate is tried at once. If it is taken, one query
    finds the others that are; between it and the insert a candidate can still be lost.
    """
    candidates = slugs.slug_candidates(row.name, row.pk)
    first, *others = [slug for slug in candidates if not slugs.is_reserved_slug(slug)]
    row.slug = first
    if row.insert_unless_slug_taken():
        return
    taken = set(type(row).objects.filter(slug__in=others).values_list("slug", flat=True))
    for row.slug in [slug for slug in others if slug not in taken]:
        if row.insert_unless_slug_taken():
            return
    raise conflict_error(row, {"slug": row.slug}, "slug")


def update_row(
    row: CatalogModel,
    *,
    expected_version: int | None = None,
    check: Callable[[Any], None] | None = None,
    **values: Any,
) -> None:
    """Write the values that differ, these columns only, and record a redirect for a changed slug.

    An empty `slug` keeps the current one. Raises `SlugConflict`, `SkuConflict`, and what
    `row.save_columns` raises.
    """
    if not values.get("slug"):
        values.pop("slug", None)
    with translate_unique_violations(row, values):
        previous = row.save_columns(values, expected_version=expected_version, check=check)
        if "slug" in previous:
            SlugRedirect.record(row, previous["slug"])
