"""The product, and the state of its thumbnail."""

from typing import ClassVar, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Round
from django.db.models.lookups import Exact, LessThanOrEqual
from django.utils import timezone

from categories.models import Category
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


def live_indexes(*columns: str, suffix: str) -> list[models.Index]:
    """Return indexes of live rows on these columns: of all, and of each category."""
    return [
        models.Index(*columns, condition=LIVE, name=f"product_live_{suffix}"),
        models.Index("category", *columns, condition=LIVE, name=f"product_live_category_{suffix}"),
    ]


def trash_index(*columns: str, suffix: str) -> models.Index:
    """Return an index of the rows that `deleted=only` lists, in the order of these columns."""
    return models.Index(*columns, "id", condition=RESTORABLE, name=f"product_trash_{suffix}")


def deadline_has_passed() -> Q:
    """Match rows whose deadline is over, or too far away to have been set by today's clock."""
    now = timezone.now()
    latest = now + THUMBNAIL_POLICY.longest_wait
    return Q(thumbnail_due_at__lt=now) | Q(thumbnail_due_at__gt=latest)


class ProductQuerySet(CatalogQuerySet["Product"]):
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
            *live_indexes("created_at", "id", suffix="created"),
            *live_indexes("updated_at", "id", suffix="updated"),
            *live_indexes("name", "id", suffix="name"),
            *live_indexes("price", "id", suffix="price"),
            *live_indexes("stock", "id", suffix="stock"),
            # Few values, so a deduplicated tenth of the others' size: for counts and rare values.
            *live_indexes("is_active", "thumbnail_status", "currency", suffix="flags"),
            # The trash in each order: no cost to live rows.
            trash_index("created_at", suffix="created"),
            trash_index("updated_at", suffix="updated"),
            trash_index("name", suffix="name"),
            trash_index("price", suffix="price"),
            trash_index("stock", suffix="stock"),
            trash_index("category", "created_at", suffix="category_created"),
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
