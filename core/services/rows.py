"""Insert and update rows of the catalog: the one write path of API, admin and jobs."""

from collections.abc import Callable
from typing import Any

from core import slugs
from core.errors import SlugConflict
from core.models import CatalogModel, SlugRedirect
from core.services.uniqueness import translate_unique_violations


def insert_with_free_slug(row: CatalogModel) -> None:
    """Insert a row under its slug, or under a free one made from its name if it has none.

    Raises `SlugConflict` only for a slug that the caller chose, `SkuConflict` always.
    """
    requested = [row.slug] if row.slug else []
    for slug in requested or slugs.slug_candidates(row.name, row.pk):
        if not requested and slugs.is_reserved_slug(slug):
            continue
        row.slug = slug
        values = {"slug": slug, "sku": getattr(row, "sku", None)}
        try:
            with translate_unique_violations(row, values):
                return row.save(force_insert=True)
        except SlugConflict as conflict:
            last_conflict = conflict
    raise last_conflict


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
