"""The product, and the state of its thumbnail."""

from typing import ClassVar, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Round
from django.db.models.lookups import Exact, LessThanOrEqual
from django.utils import timezone

from categories.models import Category
from core.db.search import search_words
from core.db.short_words import is_short, narrow_by_letters
from core.models import CatalogManager, CatalogModel, CatalogQuerySet
from core.values import currencies
from products.thumbnail_policy import THUMBNAIL_POLICY

LIVE = Q(deleted_at__isnull=True)
DELETED = Q(deleted_at__isnull=False)
RESTORABLE = Q(deleted_at__isnull=False, deletion_id__isnull=False)
MAX_SKU_LENGTH = 64


class ThumbnailStatus(models.TextChoices):
    NONE = "none"
    PENDING = "pending"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


def live_indexes(suffix: str, *columns: str) -> list[models.Index]:
    """Return indexes of live rows on these columns: of all rows, and by category."""
    return [
        models.Index(*columns, condition=LIVE, name=f"product_live_{suffix}"),
        models.Index("category", *columns, condition=LIVE, name=f"product_live_category_{suffix}"),
    ]


def ordering_indexes(suffix: str, column: str) -> list[models.Index]:
    """Return the indexes that serve a list in the order of this column, in both directions.

    They are of live rows, and of those that `deleted=only` lists, which cost live rows nothing.
    """
    category = f"product_trash_category_{suffix}"
    return [
        *live_indexes(suffix, column, "id"),
        models.Index(column, "id", condition=RESTORABLE, name=f"product_trash_{suffix}"),
        models.Index("category", column, "id", condition=RESTORABLE, name=category),
    ]


def deadline_has_passed() -> Q:
    """Match rows whose deadline is over, or too far away to have been set by today's clock."""
    now = timezone.now()
    latest = now + THUMBNAIL_POLICY.longest_wait
    return Q(thumbnail_due_at__lt=now) | Q(thumbnail_due_at__gt=latest)


class ProductQuerySet(CatalogQuerySet["Product"]):
    def search(self, text: str) -> Self:
        words = search_words(text)
        queryset = super().search(text).by_inverted_index() if words else self
        return narrow_by_letters(queryset, [word for word in words if is_short(word)])

    def claimable(self) -> Self:
        """Return products a worker may claim: pending, or processing with an expired lease."""
        return self.filter(
            Q(thumbnail_status=ThumbnailStatus.PENDING)
            | Q(deadline_has_passed(), thumbnail_status=ThumbnailStatus.PROCESSING)
        )

    def overdue(self) -> Self:
        """Return products past their pickup timeout or lease."""
        return self.filter(
            deadline_has_passed(),
            thumbnail_status__in=[ThumbnailStatus.PENDING, ThumbnailStatus.PROCESSING],
        )


ProductManager = CatalogManager.from_queryset(ProductQuerySet)
AllProductManager = models.Manager.from_queryset(ProductQuerySet)


class Product(CatalogModel):
    """A product. Its row is the truth about its thumbnail; the queue is only a hint."""

    sku = models.CharField(
        max_length=MAX_SKU_LENGTH,
        null=True,
        blank=True,
        help_text="Unique among live products. Empty for none.",
    )
    price = models.DecimalField(
        max_digits=currencies.MAX_DIGITS,
        decimal_places=currencies.MAX_DECIMALS,
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(max_length=3, default=currencies.DEFAULT_CURRENCY)
    stock = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="products", db_index=False
    )
    attributes = models.JSONField(default=dict, blank=True)

    image = models.FileField(max_length=255, blank=True)
    image_width = models.PositiveIntegerField(
        null=True, editable=False, help_text="In pixels, with the EXIF orientation applied."
    )
    image_height = models.PositiveIntegerField(
        null=True, editable=False, help_text="In pixels, with the EXIF orientation applied."
    )
    thumbnail = models.FileField(max_length=255, blank=True, editable=False)
    renditions = models.JSONField(default=dict, editable=False)
    placeholder = models.CharField(
        max_length=64,
        null=True,
        editable=False,
        help_text="A ThumbHash in base64, to show until an image has loaded.",
    )
    thumbnail_status = models.CharField(
        max_length=10,
        choices=ThumbnailStatus,
        default=ThumbnailStatus.NONE,
        editable=False,
    )
    thumbnail_error = models.JSONField(null=True, editable=False)
    thumbnail_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    # While pending: when the sweep requeues it. While processing: when the worker's lease expires.
    thumbnail_due_at = models.DateTimeField(null=True, editable=False)

    searched_fields = ("name", "sku", "description")

    objects: ClassVar = ProductManager()
    all_objects: ClassVar = AllProductManager()

    class Meta(CatalogModel.Meta):
        constraints = [
            *CatalogModel.Meta.constraints,
            models.UniqueConstraint(fields=["sku"], condition=LIVE, name="product_live_sku_unique"),
            models.CheckConstraint(condition=Q(price__gte=0), name="product_price_not_negative"),
            # How many decimals a currency has may change, so that is validated on write.
            models.CheckConstraint(
                condition=Q(price__lt=10**currencies.MAX_WHOLE_DIGITS)
                & Q(price=Round("price", precision=currencies.MAX_DECIMALS)),
                name="product_price_digits",
            ),
            models.CheckConstraint(
                condition=Exact(Length("currency"), 3), name="product_currency_length"
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("sku"), MAX_SKU_LENGTH), name="product_sku_length"
            ),
            models.CheckConstraint(condition=Q(stock__gte=0), name="product_stock_not_negative"),
            models.CheckConstraint(
                condition=Q(thumbnail_status__in=ThumbnailStatus.values),
                name="product_thumbnail_status_known",
            ),
            models.CheckConstraint(
                condition=Q(image="", thumbnail_status=ThumbnailStatus.NONE)
                | ~Q(image="") & ~Q(thumbnail_status=ThumbnailStatus.NONE),
                name="product_thumbnail_status_follows_image",
            ),
        ]
        # What each costs a write, and what it saves: docs/decisions/0012-list-indexes.md.
        indexes = [
            *ordering_indexes("created", "created_at"),
            *ordering_indexes("updated", "updated_at"),
            *ordering_indexes("name", "name"),
            *ordering_indexes("price", "price"),
            *ordering_indexes("stock", "stock"),
            # Few values, and each key is stored once: a tenth of the size of the others.
            *live_indexes("flags", "is_active", "thumbnail_status", "currency"),
            # Slugs that no live product has: whether a deleted one had it, and when.
            models.Index("slug", "deleted_at", condition=RESTORABLE, name="product_trash_slug"),
            # Nearly empty: see `updated_before` in the filters.
            models.Index(
                "created_at",
                "id",
                condition=Q(updated_at__lt=models.F("created_at")),
                name="product_backdated",
            ),
            # For restores, purges, and the purge of a category: small, as the trash is.
            models.Index("deletion_id", "id", condition=DELETED, name="product_deletion"),
            models.Index("deleted_at", "id", condition=DELETED, name="product_deleted_at"),
            models.Index("category", "id", condition=DELETED, name="product_deleted_category"),
            models.Index(
                "thumbnail_due_at",
                condition=Q(
                    thumbnail_status__in=[ThumbnailStatus.PENDING, ThumbnailStatus.PROCESSING]
                ),
                name="product_thumbnail_due",
            ),
        ]

    @property
    def is_thumbnail_pending(self) -> bool:
        return self.thumbnail_status == ThumbnailStatus.PENDING
