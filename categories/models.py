"""Categories: a tree of live rows."""

from collections.abc import Iterator

from django.db import models
from django.db.models import Q

from core.models import CatalogModel

MAX_DEPTH = 10
LIVE = Q(deleted_at__isnull=True)
RESTORABLE = Q(deleted_at__isnull=False, deletion_id__isnull=False)


class Category(CatalogModel):
    """A category in a tree. The reference to a deleted parent is kept, and reads as no parent."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    position = models.PositiveIntegerField(default=0, help_text="The position among its siblings.")

    # Set by selectors.
    product_count: int
    product_count_direct: int

    class Meta(CatalogModel.Meta):
        verbose_name_plural = "categories"
        constraints = [
            *CatalogModel.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(parent=models.F("pk")), name="category_not_own_parent"
            ),
        ]
        indexes = [
            models.Index("parent", "id", condition=LIVE, name="category_live_parent"),
            models.Index("slug", "deleted_at", condition=RESTORABLE, name="category_trash_slug"),
        ]

    @property
    def ancestors(self) -> Iterator["Category"]:
        """Live categories above this one, nearest first; a deleted one ends the chain."""
        above = self.parent
        while above is not None and above.is_live:
            yield above
            above = above.parent

    @property
    def path(self) -> list[str]:
        """Slugs from the root down to this category."""
        return [*reversed([category.slug for category in self.ancestors]), self.slug]
