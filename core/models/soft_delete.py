"""Rows that can be deleted and brought back, and the managers that hide them."""

from collections.abc import Callable
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F
from django.db.models.signals import post_save
from django.utils import timezone
from uuid_utils.compat import uuid7

from core.errors import CatalogError, Conflict, Deleted, NotDeleted, NotFound, VersionMoved


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
        return self.filter(deleted_at__isnull=False)

    def by_deletion(self, wanted: str | None) -> Self:
        """Take deleted rows `only`, `include` them, or take live ones alone."""
        match wanted:
            case "only":
                return self.deleted()
            case "include":
                return self.all()
            case _:
                return self.live()

    @guarded
    def change(self, **values: Any) -> int:
        """Set these columns alone, and count it in `version`. Gives the number of rows."""
        return self.update(**values, version=F("version") + 1, updated_at=timezone.now())

    @guarded
    def delete(self) -> tuple[int, dict[str, int]]:
        count = self.live().change(deleted_at=timezone.now(), deletion_id=new_id())
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

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    deletion_id = models.UUIDField(null=True, editable=False)

    objects = SoftDeleteManager()
    all_objects = models.Manager.from_queryset(SoftDeleteQuerySet)()

    class Meta:
        abstract = True

    @property
    def is_live(self) -> bool:
        return self.deleted_at is None

    def change(self, *, if_version: int | None = None, **values: Any) -> None:
        """Set these columns alone, in one UPDATE, and read the row again.

        Raises `VersionMoved` if the row is not at `if_version`, `Deleted` or `NotDeleted` if
        somebody deleted or restored it since it was read, `Conflict` if both, `NotFound` if it
        was purged. `post_save` is sent as `save()` would, because a queryset's update sends
        nothing.
        """
        was_live = self.is_live
        as_read = type(self).all_objects.filter(pk=self.pk, deletion_id=self.deletion_id)
        if if_version is not None:
            as_read = as_read.filter(version=if_version)
        changed = as_read.change(**values)
        try:
            self.refresh_from_db()
        except type(self).DoesNotExist as error:
            raise NotFound("It was removed for good a moment ago.") from error
        if not changed:
            raise self._moved_on(was_live, if_version)
        post_save.send(
            type(self), instance=self, created=False, update_fields=frozenset(values), raw=False
        )

    def _moved_on(self, was_live: bool, if_version: int | None) -> CatalogError:
        if was_live and not self.is_live:
            return Deleted("It was deleted a moment ago.", deleted_at=self.deleted_at)
        if self.is_live and not was_live:
            return NotDeleted("It was restored a moment ago.")
        if if_version is None:
            return Conflict("It was deleted and restored a moment ago. Try again.")
        return VersionMoved("It has changed since you read it.", version=self.version)

    def delete(
        self, *args: Any, if_version: int | None = None, **kwargs: Any
    ) -> tuple[int, dict[str, int]]:
        self.change(if_version=if_version, deleted_at=timezone.now(), deletion_id=new_id())
        return 1, {self._meta.label: 1}

    def restore(self, **values: Any) -> None:
        self.change(deleted_at=None, deletion_id=None, **values)
