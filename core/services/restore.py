"""Restore deleted rows: exactly those that one request deleted, or none."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from core.db.batches import pk_batches
from core.models import CatalogModel, CatalogQuerySet, SlugRedirect
from core.services.restore_conflicts import TakenValue, replace_taken_values, taken_values
from core.services.uniqueness import CONFLICT_ERRORS, unique_violation_field

MAX_ERRORS = 50  # conflicts that a response lists
MAX_ATTEMPTS = 5  # at a batch whose unique values other clients write at this moment


@dataclass
class Restoration:
    """The restore of a row, and of `sets` of rows that were deleted with it.

    `requested` are values that the caller chose for the row. Where live rows have other slugs
    and SKUs of the set, it fails, or with `rename_conflicts` replaces them and lists the rows in
    `renamed`.
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
        former_slug = self.row.slug
        self.update_requested_fields()
        self.raise_conflicts()
        self.restore_batch(self.own, self.restore_row)
        if self.requested.get("slug", former_slug) != former_slug:
            SlugRedirect.record(self.row, former_slug)
        for rows in self.sets:
            for keys in pk_batches(rows):
                self.restore_batch(rows.filter(pk__in=keys))
        return list(self.renamed.values())

    def update_requested_fields(self) -> None:
        """Write the requested values while nothing about the row is unique yet."""
        row = self.own.first() if self.requested else None
        if row:
            for name, value in self.requested.items():
                setattr(row, name, value)
            self.own.update(**self.requested, **row.derived_columns(self.requested))

    def restore_row(self) -> None:
        """Restore the row in a savepoint. After a violation the instance is deleted, as before."""
        try:
            with transaction.atomic():
                self.row.restore()
        except IntegrityError:
            self.row.refresh_from_db()
            raise

    def restore_batch(
        self, batch: CatalogQuerySet, restore: Callable[[], Any] | None = None
    ) -> None:
        """Restore rows, and try again if other clients write their unique values meanwhile."""
        for attempt in range(MAX_ATTEMPTS):
            if self.rename_conflicts:
                for entry in replace_taken_values(batch):
                    self.renamed[entry["id"]] = entry | self.former_values(entry["id"])
            try:
                with transaction.atomic():
                    if restore:
                        restore()
                    else:
                        batch.update_versioned(deleted_at=None, deletion_id=None)
                return
            except IntegrityError as error:
                is_unique_violation = unique_violation_field(error) in CONFLICT_ERRORS
                if not is_unique_violation or attempt == MAX_ATTEMPTS - 1:
                    raise
                self.raise_conflicts()

    def former_values(self, key: Any) -> dict[str, Any]:
        """Return the values that a row had before an earlier attempt replaced them."""
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
        raise CONFLICT_ERRORS[first.field](
            str(first),
            value=first.value,
            holder=first.holder,
            errors=[self.error_entry(taken) for taken in listed],
            more_errors=total - len(listed),
        )

    def conflicts(self) -> Iterator[TakenValue]:
        """Yield the conflicts: with renaming, only those of requested values."""
        for taken in taken_values(self.own):
            if not self.rename_conflicts or taken.field in self.requested:
                yield taken
        if not self.rename_conflicts:
            for rows in self.sets:
                for keys in pk_batches(rows):
                    yield from taken_values(rows.filter(pk__in=keys))

    def error_entry(self, taken: TakenValue) -> dict[str, Any]:
        """Return the entry in a problem's `errors`, with a pointer where the body can change it."""
        pointer = {"pointer": f"/{taken.field}"} if taken.id == self.row.pk else {}
        return pointer | taken.error_entry()
