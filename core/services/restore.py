"""Restore deleted rows: exactly those that one request deleted, or none."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from core.db.batches import pk_batches
from core.models import CatalogModel, CatalogQuerySet, SlugRedirect
from core.services.conflicts import TakenValue, replace_taken, taken_values
from core.services.uniqueness import CONFLICTS, unique_violation_field

MAX_ERRORS = 50  # conflicts that a response lists
MAX_ATTEMPTS = 5  # at a batch whose slugs other clients take at this moment


@dataclass
class Restoration:
    """The restore of a row, and of `sets` of rows that were deleted with it.

    `requested` are columns that the caller chose for the row. Where live rows have taken other
    slugs and SKUs, it fails, or with `rename_conflicts` replaces them and says so in `renamed`.
    """

    row: CatalogModel
    sets: list[CatalogQuerySet] = field(default_factory=list)
    requested: dict[str, Any] = field(default_factory=dict)
    rename_conflicts: bool = False
    renamed: dict[Any, dict[str, Any]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Select the row only while its deletion is the one that was read."""
        row = self.row
        self.own = type(row).all_objects.filter(pk=row.pk, deletion_id=row.deletion_id)

    @transaction.atomic
    def run(self) -> list[dict[str, Any]]:
        """Restore the rows, in batches of one transaction, and return what was renamed.

        Raises `SlugConflict` or `SkuConflict` that list all conflicts, and what `row.restore`
        raises.
        """
        former = self.row.slug
        self.write_requested()
        self.raise_conflicts()
        self.restore_batch(self.own, self.restore_row)
        if self.requested.get("slug", former) != former:
            SlugRedirect.record(self.row, former)
        for rows in self.sets:
            for keys in pk_batches(rows):
                self.restore_batch(rows.filter(pk__in=keys))
        return list(self.renamed.values())

    def write_requested(self) -> None:
        """Write what the caller chose while nothing about the row is unique yet."""
        row = self.own.first() if self.requested else None
        if row:
            for name, value in self.requested.items():
                setattr(row, name, value)
            self.own.update(**self.requested, **row.derived_columns(self.requested))

    def restore_row(self) -> None:
        try:
            with transaction.atomic():
                self.row.restore()
        except IntegrityError:
            self.row.refresh_from_db()  # deleted, as before
            raise

    def restore_batch(
        self, batch: CatalogQuerySet, restore: Callable[[], Any] | None = None
    ) -> None:
        """Restore rows; where another client has taken a value meanwhile, look again."""
        for attempt in range(MAX_ATTEMPTS):
            if self.rename_conflicts:
                for entry in replace_taken(batch):
                    self.renamed[entry["id"]] = entry | self.former(entry["id"])
            try:
                with transaction.atomic():
                    (
                        restore()
                        if restore
                        else batch.update_versioned(deleted_at=None, deletion_id=None)
                    )
                return
            except IntegrityError as error:
                if unique_violation_field(error) not in CONFLICTS or attempt == MAX_ATTEMPTS - 1:
                    raise
                self.raise_conflicts()

    def former(self, key: Any) -> dict[str, Any]:
        """Return what a row was called before an earlier attempt renamed it."""
        entry = self.renamed.get(key, {})
        return {name: entry[name] for name in entry if name.startswith("former_")}

    def raise_conflicts(self) -> None:
        """Raise an error for all conflicts that renaming does not resolve, if there are any."""
        listed, total = [], 0
        for taken in self.conflicts():
            total += 1
            if total <= MAX_ERRORS:
                listed.append(taken)
        if not listed:
            return
        first = listed[0]
        extensions = {first.field: first.value, "holder": first.holder}
        if total > MAX_ERRORS:
            extensions["more_errors"] = total - MAX_ERRORS
        errors = [self.as_error(taken) for taken in listed]
        raise CONFLICTS[first.field](str(first), **extensions, errors=errors)

    def conflicts(self) -> Iterator[TakenValue]:
        """Yield the conflicts: with renaming, only those of values that the caller chose."""
        for taken in taken_values(self.own):
            if not self.rename_conflicts or taken.field in self.requested:
                yield taken
        if not self.rename_conflicts:
            for rows in self.sets:
                for keys in pk_batches(rows):
                    yield from taken_values(rows.filter(pk__in=keys))

    def as_error(self, taken: TakenValue) -> dict[str, Any]:
        pointer = {"pointer": f"/{taken.field}"} if taken.id == self.row.pk else {}
        return pointer | taken.as_error()
