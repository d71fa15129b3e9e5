"""Translate violations of unique constraints on slug and SKU into domain errors."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction

from core.error_base import body_error
from core.errors import SkuConflict, SlugConflict, UniqueConflict
from core.models import CatalogModel

CONFLICT_ERRORS: dict[str, type[UniqueConflict]] = {"slug": SlugConflict, "sku": SkuConflict}


def unique_violation_field(error: IntegrityError) -> str | None:
    """Return the field that violates a constraint of live rows, or None for any other constraint.

    PostgreSQL reports the constraint's name, SQLite the column's.
    """
    match = re.search(r'"\w+?_live_(\w+)_unique"|UNIQUE constraint failed: \w+\.(\w+)', str(error))
    return match and (match[1] or match[2])


@contextmanager
def translate_unique_violations(row: CatalogModel, values: Mapping[str, Any]) -> Iterator[None]:
    """Run the block, which writes these values of the row, in a transaction or a savepoint.

    Raises `SlugConflict` or `SkuConflict` where another live row has a value.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        field = unique_violation_field(error)
        if field not in CONFLICT_ERRORS:
            raise
        raise conflict_error(row, values, field) from error


def conflict_error(row: CatalogModel, values: Mapping[str, Any], violated: str) -> UniqueConflict:
    """Return the error that lists every value which another live row has.

    The database reports one only, and which one depends on the database.
    """
    others = type(row).objects.exclude(pk=row.pk)
    taken = []
    for field, error_class in CONFLICT_ERRORS.items():
        value = values.get(field)
        holder = value and others.filter(**{field: value}).values_list("pk", flat=True).first()
        if holder or field == violated:  # which may be free again by now
            detail = f"Another live {row._meta.verbose_name} has the {field} {value!r}."
            taken.append((error_class, detail, value, holder))
    errors = [
        body_error(f"/{error_class.field}", error_class.code, detail)
        | {error_class.field: value, "holder": holder}
        for error_class, detail, value, holder in taken
    ]
    error_class, detail, value, holder = taken[0]
    return error_class(detail, value=value, holder=holder, errors=errors)
