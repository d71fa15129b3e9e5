"""Live rows share no slug and no SKU. The database is the judge; here its verdicts get names."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import get_script_prefix, resolve, reverse

from core import slugs
from core.errors import Conflict, SkuConflict, SlugConflict
from core.models import CatalogModel, FormerSlug

CONFLICTS: dict[str, type[Conflict]] = {"slug": SlugConflict, "sku": SkuConflict}


def violated_field(error: IntegrityError) -> str | None:
    """Name the field that clashed: PostgreSQL tells our constraint, SQLite the column."""
    match = re.search(r'"\w+?_live_(\w+)_unique"|UNIQUE constraint failed: \w+\.(\w+)', str(error))
    return match and (match[1] or match[2])


@contextmanager
def conflicts_named(model: type[CatalogModel], values: dict[str, Any]) -> Iterator[None]:
    """Run the block in a savepoint.

    Raises `SlugConflict` or `SkuConflict` where a live row was there first.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        field = violated_field(error)
        if field not in CONFLICTS:
            raise
        value = values[field]
        holder = model.objects.filter(**{field: value}).values_list("pk", flat=True).first()
        detail = f"Another live {model._meta.verbose_name} has the {field} {value!r}."
        raise CONFLICTS[field](detail, **{field: value, "holder": holder}) from error


def is_route(model: type[CatalogModel], slug: str) -> bool:
    """Tell whether the URLconf uses this word itself where the slug would stand."""
    name = f"{model._meta.model_name}-detail"
    path = reverse(name, args=[slug]).removeprefix(get_script_prefix())
    return resolve(f"/{path}").url_name != name


def insert(row: CatalogModel) -> None:
    """Insert a row under its slug, or under a free one made from its name if it has none.

    Raises `SlugConflict` only for a slug that the caller chose, `SkuConflict` always.
    """
    chosen = [row.slug] if row.slug else []
    for slug in chosen or slugs.candidates(row.name, row.pk):
        if not chosen and is_route(type(row), slug):
            continue
        row.slug = slug
        try:
            with conflicts_named(type(row), {"slug": slug, "sku": getattr(row, "sku", None)}):
                return row.save(force_insert=True)
        except SlugConflict as conflict:
            lost = conflict
    raise lost


@transaction.atomic
def change(row: CatalogModel, *, if_version: int | None = None, **values: Any) -> None:
    """Write the named values alone. A blank `slug` keeps the one it has; a former one leads on.

    Raises `SlugConflict`, `SkuConflict`, and what `row.change` raises.
    """
    if not values.get("slug"):
        values.pop("slug", None)
    with conflicts_named(type(row), values):
        former = locked_slug(row) if "slug" in values else row.slug
        row.change(if_version=if_version, **values)
        if row.slug != former:
            FormerSlug.remember(row, former)


def locked_slug(row: CatalogModel) -> str:
    """Give the slug that the row has now: somebody may have changed it since it was read."""
    rows = type(row).all_objects.select_for_update(of=["self"])
    return rows.values_list("slug", flat=True).get(pk=row.pk)
