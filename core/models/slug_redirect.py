"""Slugs that were given up, and where they lead."""

from collections.abc import Collection
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from core import slugs
from core.models.catalog import CatalogModel


class FormerSlug(models.Model):
    """A slug that a row has given up. It leads to the row until another live row takes it."""

    model = models.CharField(max_length=50)
    slug = models.CharField(max_length=slugs.MAX_SLUG_LENGTH)
    row_id = models.UUIDField()
    retired_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "slug"], name="former_slug_unique")]
        indexes = [models.Index(fields=["row_id"], name="former_slug_row")]

    def __str__(self) -> str:
        return self.slug

    @classmethod
    def remember(cls, row: CatalogModel, slug: str) -> None:
        """Let a slug that the row gave up lead to it."""
        cls.objects.update_or_create(
            model=row._meta.model_name,
            slug=slug,
            defaults={"row_id": row.pk, "retired_at": timezone.now()},
        )

    @classmethod
    def ids_of_live(cls, model: type[CatalogModel], slugs: Collection[str]) -> dict[str, UUID]:
        """Return, by slug, the ids of live rows that had one of these slugs last."""
        had_since = model.all_objects.deleted().filter(
            slug=OuterRef("slug"), deleted_at__gt=OuterRef("retired_at")
        )
        former = cls.objects.filter(
            ~Exists(had_since),
            model=model._meta.model_name,
            slug__in=slugs,
            row_id__in=model.objects.values("pk"),
        )
        return dict(former.values_list("slug", "row_id"))

    @classmethod
    def delete_for(cls, rows: Collection[CatalogModel]) -> None:
        """Delete what leads to these purged rows, and what led elsewhere until they took it."""
        for model in {type(row) for row in rows}:
            former = cls.objects.filter(model=model._meta.model_name)
            former.filter(row_id__in=[row.pk for row in rows]).delete()
            last_had = {}
            for row in sorted(rows, key=lambda row: row.deleted_at):
                last_had[row.slug] = row.deleted_at
            superseded = [
                one.pk
                for one in former.filter(slug__in=last_had)
                if one.retired_at < last_had[one.slug]
            ]
            former.filter(pk__in=superseded).delete()
