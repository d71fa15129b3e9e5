"""Files that no row refers to any more."""

from collections.abc import Collection
from datetime import datetime

from django.db import models
from django.utils import timezone


class OrphanedFile(models.Model):
    """A stored file, and when the last row unreferenced it. The grace period begins then.

    Only a hint: the rows decide whether one refers to the file.
    """

    name = models.CharField(max_length=255)
    orphaned_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="orphaned_file_unique")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def record(cls, names: Collection[str]) -> None:
        """Insert these files as orphaned now, or update those that are recorded already."""
        if names:
            OrphanedFile.objects.bulk_create(
                # Sorted, or two transactions that unreference the same files could deadlock.
                [OrphanedFile(name=name) for name in sorted(names)],
                update_conflicts=True,
                unique_fields=["name"],
                update_fields=["orphaned_at"],
            )

    @classmethod
    def orphaned_since(cls, names: Collection[str], moment: datetime) -> set[str]:
        """Return those of these files that are recorded as orphaned at this moment or later."""
        recorded = cls.objects.filter(name__in=names, orphaned_at__gte=moment)
        return set(recorded.values_list("name", flat=True))
