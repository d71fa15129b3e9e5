"""Live rows share no slug and no SKU. The database is the judge; here its verdicts get names."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction

from core import slugs
from core.errors import Conflict, SkuConflict, SlugConflict
from core.models import CatalogModel, FormerSlug

CONFLICTS: dict[str, type[Conflict]] = {"slug": SlugConflict, "sku": SkuConflict}


def violated_field(error: IntegrityError) -> str | None:
    """Name the field that clashed: PostgreSQL tells our constraint, SQLite the column."""
    match = re.search(r'"\w+?_live_(\w+)_unique"|UNIQUE constraint failed: \w+\.(\w+)', str(error))
    return match and (match[1] or match[2])


@contextmanager
def conflicts_named(row: CatalogModel, values: dict[str, Any]) -> Iterator[None]:
    """Run the block, which writes these values of the row, in a savepoint.

    Raises `SlugConflict` or `SkuConflict` where a live row was there first.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        field = violated_field(error)
        if field not in CONFLICTS:
            raise
        raise conflict_of(row, values, field) from error


def conflict_of(row: CatalogModel, values: dict[str, Any], violated: str) -> Conflict:
    """Return the error that lists every value which another live row has.

    The database names one, and which one depends on the database.
    """
    others = type(row).objects.exclude(pk=row.pk)
    taken = []
    for field, kind in CONFLICTS.items():
        value = values.get(field)
        holder = value and others.filter(**{field: value}).values_list("pk", flat=True).first()
        if holder or field == violated:  # which may be free again by now
            detail = f"Another live {row._meta.verbose_name} has the {field} {value!r}."
            taken.append((kind, detail, {field: value, "holder": holder}))
    errors = [
        {"pointer": f"/{kind.field}", "code": kind.code, "detail": detail, **extensions}
        for kind, detail, extensions in taken
    ]
    kind, detail, extensions = taken[0]
    return kind(detail, **extensions, errors=errors)


def insert(row: CatalogModel) -> None:
    """Insert a row under its slug, or under a free one made from its name if it has none.

    Raises `SlugConflict` only for a slug that the caller chose, `SkuConflict` always.
    """
    chosen = [row.slug] if row.slug else []
    for slug in chosen or slugs.slug_candidates(row.name, row.pk):
        if not chosen and slugs.is_reserved_slug(slug):
            continue
        row.slug = slug
        try:
            with conflicts_named(row, {"slug": slug, "sku": getattr(row, "sku", None)}):
                return row.save(force_insert=True)
        except SlugConflict as conflict:
            lost = conflict
    raise lost


def change(
    row: CatalogModel,
    *,
    if_version: int | None = None,
    check: Callable[[Any], None] | None = None,
    **values: Any,
) -> None:
    """Write the named values that differ, and record a redirect if the slug changes.

    A blank `slug` keeps the one it has. Raises `SlugConflict`, `SkuConflict`, and what
    `row.change` raises.
    """
    if not values.get("slug"):
        values.pop("slug", None)
    with conflicts_named(row, values):
        previous = row.change(if_version=if_version, check=check, **values)
        if "slug" in previous:
            FormerSlug.remember(row, previous["slug"])
