"""Rows that can be deleted and brought back, and the managers that hide them."""

import json
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, Self
from uuid import UUID

from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.signals import post_save
from django.utils import timezone
from uuid_utils.compat import uuid7

from core.db.batches import pk_batches
from core.errors import CatalogError, Conflict, NotDeleted, NotFound, SoftDeleted, VersionMismatch

dumps = partial(json.dumps, sort_keys=True)


def new_id() -> UUID:
    """Make a UUIDv7: unique everywhere, and sorted by the time of its making."""
    return uuid7()


def guarded(method: Callable) -> Callable:
    """Keep `method` off managers and out of templates, as Django keeps `delete`."""
    method.alters_data = True
    method.queryset_only = True
    return method


class SoftDeleteQuerySet(models.QuerySet):
    """A queryset whose `delete()` marks rows instead of removing them."""

    def live(self) -> Self:
        return self.filter(deleted_at__isnull=True)

    def deleted(self) -> Self:
        """Rows that can be restored."""
        return self.filter(deleted_at__isnull=False, deletion_id__isnull=False)

    def being_purged(self) -> Self:
        """Rows that belong to no deletion any more: they cannot be restored, and are leaving."""
        return self.filter(deleted_at__isnull=False, deletion_id__isnull=True)

    def by_deletion(self, wanted: str | None) -> Self:
        """Take deleted rows `only`, `include` them, or take live ones alone."""
        match wanted:
            case "only":
                return self.deleted()
            case "include":
                return self.filter(Q(deleted_at__isnull=True) | Q(deletion_id__isnull=False))
            case _:
                return self.live()

    @guarded
    def update_versioned(self, **values: Any) -> int:
        """Update these columns, increment `version`, and return the number of rows.

        Like `update`, it sends no signals.
        """
        return self.update(**values, version=F("version") + 1, updated_at=timezone.now())

    @guarded
    @transaction.atomic
    def delete(self) -> tuple[int, dict[str, int]]:
        """Mark all live rows, each as a deletion of its own, in batches of one transaction."""
        count, deleted_at = 0, timezone.now()
        for keys in pk_batches(self.live()):
            deletion_id = Case(
                *(When(pk=key, then=Value(new_id())) for key in keys),
                output_field=models.UUIDField(),
            )
            rows = self.model.all_objects.live().filter(pk__in=keys)
            count += rows.update_versioned(deleted_at=deleted_at, deletion_id=deletion_id)
        return count, {self.model._meta.label: count}

    @guarded
    def hard_delete(self) -> tuple[int, dict[str, int]]:
        return super().delete()


class SoftDeleteManager(models.Manager.from_queryset(SoftDeleteQuerySet)):
    """Sees live rows only; `all_objects` sees the others too."""

    def get_queryset(self) -> SoftDeleteQuerySet:
        return super().get_queryset().live()


class SoftDeleteModel(models.Model):
    """A row with a version, which deleting marks and restoring unmarks.

    Rows that were deleted together share a `deletion_id`, and are restored together.
    """

    version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Counts the changes that clients made."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False, help_text="Null while it is live.")
    deletion_id = models.UUIDField(null=True, editable=False)

    objects = SoftDeleteManager()
    all_objects = models.Manager.from_queryset(SoftDeleteQuerySet)()

    class Meta:
        abstract = True

    @property
    def is_live(self) -> bool:
        return self.deleted_at is None

    def save_columns(
        self,
        values: Mapping[str, Any],
        *,
        expected_version: int | None = None,
        check: Callable[[Self], None] | None = None,
    ) -> dict[str, Any]:
        """Write the values that differ from the row's, which is locked and read again first.

        The only UPDATE of a single row, and the only `post_save` after its INSERT. Returns the
        previous values of what changed. Where nothing did, `version` and `updated_at` stay, and
        no signal is sent. `check` may raise: it sees the row with its new values.

        Raises `VersionMismatch` if the row is not at `expected_version`, `SoftDeleted` or
        `NotDeleted` if somebody deleted or restored it since it was read, `Conflict` if both,
        `NotFound` if it was purged.
        """
        with transaction.atomic():
            self._lock(expected_version)
            previous = self._assign(values)
            if not previous:
                return {}
            if check:
                check(self)
            self.version, self.updated_at = self.version + 1, timezone.now()
            type(self).all_objects.filter(pk=self.pk).update(
                **{name: values[name] for name in previous},
                **self.derived_columns(previous),
                version=self.version,
                updated_at=self.updated_at,
            )
            # All that `Model.save` sends: receivers have Django's documented signature.
            post_save.send(
                sender=type(self),
                instance=self,
                created=False,
                update_fields=frozenset(previous),
                raw=False,
                using=self._state.db,
            )
        return previous

    def derived_columns(self, changed: Collection[str]) -> dict[str, Any]:
        """Return the columns that follow from changed ones, with their new values."""
        return {}

    def _lock(self, expected_version: int | None) -> None:
        """Lock the row and read it again; raise where it is not what the caller has read."""
        was_live, deletion_id = self.is_live, self.deletion_id
        # Rows that refer to this one can still be written: its key stays.
        locked = type(self).all_objects.select_for_update(no_key=True)
        try:
            self.refresh_from_db(from_queryset=locked)
        except type(self).DoesNotExist as error:
            raise NotFound("It was removed for good a moment ago.") from error
        if self.deletion_id != deletion_id or expected_version not in (None, self.version):
            raise self._conflict(was_live, expected_version)

    def _assign(self, values: dict[str, Any]) -> dict[str, Any]:
        """Set the values that differ, and return the previous ones of those."""
        previous = {}
        for name, value in values.items():
            field = self._meta.get_field(name)
            stored = field.value_from_object(self)
            wanted = value.pk if isinstance(value, models.Model) else value
            # In JSON, true is not 1, and 1 is not 1.0.
            is_json = isinstance(field, models.JSONField)
            if (dumps(stored) != dumps(wanted)) if is_json else (stored != wanted):
                previous[name] = stored
                setattr(self, name, value)
        return previous

    def _conflict(self, was_live: bool, expected_version: int | None) -> CatalogError:
        """Return the error for a row that another client changed after it was read."""
        if was_live and not self.is_live:
            return SoftDeleted("It was deleted a moment ago.", deleted_at=self.deleted_at)
        if self.is_live and not was_live:
            return NotDeleted("It was restored a moment ago.")
        if not self.is_live and self.deletion_id is None:
            return NotFound("It is being removed for good.")
        if expected_version is None:
            return Conflict("It was deleted and restored a moment ago. Try again.")
        return VersionMismatch("It has changed since you read it.", version=self.version)

    def delete(
        self, *args: Any, expected_version: int | None = None, **kwargs: Any
    ) -> tuple[int, dict[str, int]]:
        """Soft-delete the row. It shares its `deletion_id` with no other row yet."""
        self.save_columns(
            {"deleted_at": timezone.now(), "deletion_id": new_id()},
            expected_version=expected_version,
        )
        return 1, {self._meta.label: 1}

    def restore(self) -> None:
        self.save_columns({"deleted_at": None, "deletion_id": None})
