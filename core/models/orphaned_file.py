"""Files that no row refers to any more."""

from collections.abc import Collection
from datetime import datetime

from django.db import models
from django.utils import timezone


class OrphanedFile(models.Model):
    """A stored file, and when a row was about to name it no more. It stays for a while from then.

    A hint, and no more: whether a row names the file is to be asked of the rows.
    """

    name = models.CharField(max_length=255)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="orphaned_file_unique")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def note(cls, names: Collection[str]) -> None:
        if names:
            cls.objects.bulk_create(
                # In one order, or two that let go of the same files would wait for each other.
                [cls(name=name) for name in sorted(names)],
                update_conflicts=True,
                unique_fields=["name"],
                update_fields=["since"],
            )

    @classmethod
    def young(cls, names: Collection[str], *, before: datetime) -> set[str]:
        """Take those of these files that were still named at this time, as far as is known."""
        noted = cls.objects.filter(name__in=names, since__gte=before)
        return set(noted.values_list("name", flat=True))
