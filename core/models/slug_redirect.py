"""Redirects from former slugs to the rows that had them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from core import slugs
from core.models.catalog import CatalogModel


class SlugRedirect(models.Model):
    """A redirect from a former slug to its row, until another live row has the slug."""

    model = models.CharField(max_length=50)
    slug = models.CharField(max_length=slugs.MAX_SLUG_LENGTH)
    row_id = models.UUIDField()
    retired_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # Named after the model's former name: a constraint cannot be renamed without building its
        # index anew.
        constraints = [models.UniqueConstraint(fields=["model", "slug"], name="former_slug_unique")]
        indexes = [models.Index(fields=["row_id"], name="slug_redirect_row")]

    def __str__(self) -> str:
        return self.slug

    @classmethod
    def record(cls, row: CatalogModel, slug: str) -> None:
        """Create or update the redirect from a slug that the row had."""
        cls.objects.update_or_create(
            model=row._meta.model_name,
            slug=slug,
            defaults={"row_id": row.pk, "retired_at": timezone.now()},
        )

    @classmethod
    def live_targets(cls, model: type[CatalogModel], slugs: Collection[str]) -> dict[str, UUID]:
        """Return, by slug, the ids of live rows that were the last to have one of these slugs."""
        superseding = model.all_objects.deleted().filter(
            slug=OuterRef("slug"), deleted_at__gt=OuterRef("retired_at")
        )
        redirects = cls.objects.filter(
            ~Exists(superseding),
            model=model._meta.model_name,
            slug__in=slugs,
            row_id__in=model.objects.values("pk"),
        )
        return dict(redirects.values_list("slug", "row_id"))

    @classmethod
    def delete_for(cls, rows: Collection[CatalogModel]) -> None:
        """Delete the redirects to these purged rows, and those that the rows superseded."""
        for model in {type(row) for row in rows}:
            redirects = cls.objects.filter(model=model._meta.model_name)
            redirects.filter(row_id__in=[row.pk for row in rows]).delete()
            last_use: dict[str, datetime] = {}
            for row in rows:
                if row.deleted_at:
                    last_use[row.slug] = max(row.deleted_at, last_use.get(row.slug, row.deleted_at))
            superseded = [
                redirect.pk
                for redirect in redirects.filter(slug__in=last_use)
                if redirect.retired_at < last_use[redirect.slug]
            ]
            redirects.filter(pk__in=superseded).delete()
