"""Rows that can be deleted and restored, and the managers that hide deleted ones."""

import json
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, ClassVar, Literal, Self, TypeVar, cast

from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.signals import post_save
from django.utils import timezone
from uuid_utils.compat import uuid7

from core.catalog_version import bump_at_commit
from core.db.batches import pk_batches
from core.db.merge_append import MergeAppendQuerySet
from core.errors import CatalogError, Conflict, NotDeleted, NotFound, SoftDeleted, VersionMismatch

Method = TypeVar("Method", bound=Callable[..., Any])
# Bound to no class of this module: django-stubs derives managers wrongly from a forward reference.
RowT = TypeVar("RowT", bound=models.Model, covariant=True)
DeletedMode = Literal["exclude", "only", "include"]

to_json = partial(json.dumps, sort_keys=True)


def queryset_only(method: Method) -> Method:
    """Keep a method that writes off managers and out of templates, as Django does `delete`."""
    # Attributes that Django reads from a function, which mypy knows on no Callable.
    method.alters_data = True  # type: ignore[attr-defined]
    method.queryset_only = True  # type: ignore[attr-defined]
    return method


class SoftDeleteQuerySet(MergeAppendQuerySet[RowT]):
    """A queryset whose `delete()` marks rows instead of removing them."""

    def live(self) -> Self:
        return self.filter(deleted_at__isnull=True)

    def deleted(self) -> Self:
        """Return rows that can be restored."""
        return self.filter(deleted_at__isnull=False, deletion_id__isnull=False)

    def pending_purge(self) -> Self:
        """Return rows that belong to no deletion any more: they cannot be restored."""
        return self.filter(deleted_at__isnull=False, deletion_id__isnull=True)

    def with_deleted(self, mode: DeletedMode | None) -> Self:
        """Return deleted rows `only`, `include` them, or return live ones only."""
        match mode:
            case "only":
                return self.deleted()
            case "include":
                restorable = Q(deleted_at__isnull=False, deletion_id__isnull=False)
                return self.filter_any(Q(deleted_at__isnull=True), restorable)
            case _:
                return self.live()

    @queryset_only
    def update(self, **values: Any) -> int:
        count = super().update(**values)
        if count:
            bump_at_commit()
        return count

    @queryset_only
    def bulk_create(self, *args: Any, **kwargs: Any) -> list[RowT]:
        created = super().bulk_create(*args, **kwargs)
        bump_at_commit()
        return created

    @queryset_only
    def update_versioned(self, **values: Any) -> int:
        """Update these columns, increment `version`, and return the number of rows.

        Like `update`, it sends no signals.
        """
        return self.update(**values, version=F("version") + 1, updated_at=timezone.now())

    @queryset_only
    @transaction.atomic
    def delete(self) -> tuple[int, dict[str, int]]:
        """Soft-delete all live rows, each as a deletion of its own, in batches."""
        count, deleted_at = 0, timezone.now()
        for keys in pk_batches(self.live()):
            deletion_id = Case(
                *(When(pk=key, then=Value(uuid7())) for key in keys),
                output_field=models.UUIDField(),
            )
            rows = type(self)(self.model, using=self.db).live().filter(pk__in=keys)
            count += rows.update_versioned(deleted_at=deleted_at, deletion_id=deletion_id)
        return count, {self.model._meta.label: count}

    @queryset_only
    def hard_delete(self) -> tuple[int, dict[str, int]]:
        deleted = super().delete()
        bump_at_commit()
        return deleted


AllRowsManager = models.Manager.from_queryset(SoftDeleteQuerySet)


class SoftDeleteManager(AllRowsManager[RowT]):
    """Returns live rows only; `all_objects` returns deleted ones too."""

    def get_queryset(self) -> SoftDeleteQuerySet[RowT]:
        return cast("SoftDeleteQuerySet[RowT]", super().get_queryset()).live()


class SoftDeleteModel(models.Model):
    """A row with a version that can be soft-deleted and restored.

    Rows that were deleted together share a `deletion_id`, and are restored together.
    """

    version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Incremented by each change that a client makes."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(
        null=True, editable=False, help_text="Null unless the object is deleted."
    )
    deletion_id = models.UUIDField(null=True, editable=False)

    objects: ClassVar = SoftDeleteManager()
    all_objects: ClassVar = AllRowsManager()

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
            self._refresh_locked(expected_version)
            previous = self._assign(values)
            if not previous:
                return {}
            if check:
                check(self)
            self.version, self.updated_at = self.version + 1, timezone.now()
            written = {
                **{name: values[name] for name in previous},
                **self.derived_columns(previous),
                "version": self.version,
                "updated_at": self.updated_at,
            }
            type(self).all_objects.filter(pk=self.pk).update(**written)
            self._send_post_save(frozenset(written))
        return previous

    def _send_post_save(self, update_fields: frozenset[str]) -> None:
        """Send all that `Model.save` sends: receivers have Django's documented signature."""
        post_save.send(
            sender=type(self),
            instance=self,
            created=False,
            update_fields=update_fields,
            raw=False,
            using=self._state.db,
        )

    def derived_columns(self, changed: Collection[str]) -> dict[str, Any]:
        """Return the columns that are computed from changed ones, with their new values."""
        return {}

    def _refresh_locked(self, expected_version: int | None) -> None:
        """Lock the row and read it again. Raise if it is not what the caller has read."""
        was_live, deletion_id = self.is_live, self.deletion_id
        # Rows that refer to this one can still be written: its key stays.
        locked = type(self).all_objects.select_for_update(no_key=True)
        try:
            self.refresh_from_db(from_queryset=locked)
        except type(self).DoesNotExist as error:
            raise NotFound("It was deleted permanently a moment ago.") from error
        if self.deletion_id != deletion_id or expected_version not in (None, self.version):
            raise self._conflict(was_live, expected_version)

    def _assign(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Set the values that differ, and return the previous ones of those."""
        previous = {}
        fields = {field.name: field for field in self._meta.concrete_fields}
        for name, value in values.items():
            field = fields[name]
            stored = field.value_from_object(self)
            wanted = value.pk if isinstance(value, models.Model) else value
            # In JSON, true is not 1, and 1 is not 1.0.
            is_json = isinstance(field, models.JSONField)
            if (to_json(stored) != to_json(wanted)) if is_json else (stored != wanted):
                previous[name] = stored
                setattr(self, name, value)
        return previous

    def _conflict(self, was_live: bool, expected_version: int | None) -> CatalogError:
        """Return the error for a row that another client changed after it was read."""
        if was_live and not self.is_live:
            return SoftDeleted("It was deleted a moment ago.", self)
        if self.is_live and not was_live:
            return NotDeleted("It was restored a moment ago.")
        if not self.is_live and self.deletion_id is None:
            return NotFound("It is being deleted permanently.")
        if expected_version is None:
            return Conflict("It was deleted and restored a moment ago. Try again.")
        return VersionMismatch(version=self.version)

    def delete(
        self, *args: Any, expected_version: int | None = None, **kwargs: Any
    ) -> tuple[int, dict[str, int]]:
        """Soft-delete the row under a `deletion_id` of its own."""
        self.save_columns(
            {"deleted_at": timezone.now(), "deletion_id": uuid7()},
            expected_version=expected_version,
        )
        return 1, {self._meta.label: 1}

    def restore(self) -> None:
        self.save_columns({"deleted_at": None, "deletion_id": None})
