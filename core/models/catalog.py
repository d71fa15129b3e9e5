"""Rows that are identified by a slug in URLs."""

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver

from core import slugs
from core.catalog_version import bump_at_commit
from core.db.collation import UNICODE_COLLATION
from core.db.inserts import insert_unless_conflict
from core.db.search import SearchTextField, fold, search_words
from core.db.short_words import is_short
from core.models.soft_delete import (
    RowT,
    SoftDeleteManager,
    SoftDeleteModel,
    SoftDeleteQuerySet,
    uuid7,
)
from core.values.text import MAX_DESCRIPTION_LENGTH

MAX_NAME_LENGTH = 255


class CatalogQuerySet(SoftDeleteQuerySet[RowT]):
    def by_slug_or_id(self, value: str) -> Self:
        """Return the rows that a `{slug}` in a URL identifies."""
        return self.filter(pk=value) if slugs.is_uuid(value) else self.filter(slug=value)

    def search(self, text: str) -> Self:
        """Return the rows whose text contains every word, whatever the case."""
        words = search_words(text)
        short = [word for word in words if is_short(word)]
        queryset = self.filter(search_text__contains_all=short) if short else self.all()
        for word in words:
            if word not in short:
                queryset = queryset.filter(search_text__contains=word)
        return queryset


# Assigned at module level and subclassed: that is how django-stubs finds their types.
LiveRowsManager = SoftDeleteManager.from_queryset(CatalogQuerySet)
AllRowsManager = models.Manager.from_queryset(CatalogQuerySet)


class CatalogManager(LiveRowsManager[RowT]):
    """Returns live rows only; `all_objects` returns deleted ones too."""


class CatalogModel(SoftDeleteModel):
    """What a product and a category have in common: an id, a name, and a slug among the live."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=MAX_NAME_LENGTH, db_collation=UNICODE_COLLATION)
    slug = models.CharField(
        max_length=slugs.MAX_SLUG_LENGTH,
        blank=True,
        help_text="The slug in URLs. If empty, made from the name on create, unchanged on update.",
    )
    description = models.TextField(blank=True, max_length=MAX_DESCRIPTION_LENGTH)
    search_text = SearchTextField()

    searched_fields: ClassVar[tuple[str, ...]] = ("name", "description")

    objects: ClassVar = CatalogManager()
    all_objects: ClassVar = AllRowsManager()

    class Meta:
        abstract = True
        constraints = [
            # A deleted row frees its slug.
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(deleted_at__isnull=True),
                name="%(class)s_live_slug_unique",
            ),
            models.CheckConstraint(condition=~Q(slug=""), name="%(class)s_slug_not_blank"),
            models.CheckConstraint(condition=~Q(name=""), name="%(class)s_name_not_blank"),
            # SQLite does not enforce the length of a column, and no database that of a text.
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("name"), MAX_NAME_LENGTH),
                name="%(class)s_name_length",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("description"), MAX_DESCRIPTION_LENGTH),
                name="%(class)s_description_length",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def folded_text(self) -> str:
        """Return the text that a search looks in."""
        texts = [getattr(self, name) for name in self.searched_fields]
        return fold("\n".join(text or "" for text in texts))

    def derived_columns(self, changed: Collection[str]) -> dict[str, Any]:
        is_searched = not set(self.searched_fields).isdisjoint(changed)
        return {"search_text": self.folded_text()} if is_searched else {}

    def insert_unless_slug_taken(self) -> bool:
        """Insert the row, and return whether its slug was free. Sends signals as `save()` does."""
        signals = {"sender": type(self), "instance": self, "raw": False, "update_fields": None}
        pre_save.send(**signals, using=connection.alias)
        # The target is the index of the constraint on live slugs.
        is_inserted = insert_unless_conflict(self, "(slug) WHERE deleted_at IS NULL")
        if is_inserted:
            post_save.send(**signals, using=connection.alias, created=True)
        return is_inserted

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Leave the slug to the insert, which fills an empty one and reports one that is taken."""
        super().validate_constraints(exclude={*(exclude or ()), "slug"})


@receiver(post_save)
def bump_after_save(instance: models.Model, **kwargs: Any) -> None:
    """Void cached responses after an INSERT, or whatever a fixture loads."""
    if isinstance(instance, CatalogModel):
        bump_at_commit()
