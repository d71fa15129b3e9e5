"""The product, and the state of its thumbnail."""

from datetime import timedelta
from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Round
from django.db.models.lookups import Exact, LessThanOrEqual
from django.utils import timezone

from categories.models import Category
from core.models import CatalogManager, CatalogModel, CatalogQuerySet
from core.values import currencies

LIVE = Q(deleted_at__isnull=True)
DELETED = Q(deleted_at__isnull=False)
MAX_ATTEMPTS = 3
MAX_SKU_LENGTH = 64
# A published message is taken up long before; if not, the sweep asks again.
PATIENCE = timedelta(seconds=10)
# Longer than the task's hard time limit: who still holds a lease after that is dead.
LEASE = timedelta(seconds=25)
# No deadline is that far away: one that seems so was set before the clock was set back.
LONGEST_DEADLINE = timedelta(minutes=2)


class ThumbnailStatus(models.TextChoices):
    NONE = "none"
    PENDING = "pending"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


def deadline_has_passed() -> Q:
    now = timezone.now()
    return Q(thumbnail_due_at__lt=now) | Q(thumbnail_due_at__gt=now + LONGEST_DEADLINE)


class ProductQuerySet(CatalogQuerySet):
    def awaiting_thumbnail(self) -> Self:
        """Take what a worker may start on: not started yet, or its worker's lease is over."""
        return self.filter(
            Q(thumbnail_status=ThumbnailStatus.PENDING)
            | Q(deadline_has_passed(), thumbnail_status=ThumbnailStatus.PROCESSING)
        )

    def overdue(self) -> Self:
        """Take what nobody has started, or finished, in the time that was given for it."""
        return self.filter(
            deadline_has_passed(),
            thumbnail_status__in=[ThumbnailStatus.PENDING, ThumbnailStatus.PROCESSING],
        )


class ProductManager(CatalogManager.from_queryset(ProductQuerySet)):
    """Sees live products only; `all_objects` sees the others too."""


class Product(CatalogModel):
    """Something to sell. Its row is the truth about its thumbnail; the queue is only a hint."""

    sku = models.CharField(max_length=MAX_SKU_LENGTH, null=True, blank=True)
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
    image_width = models.PositiveIntegerField(null=True, editable=False)
    image_height = models.PositiveIntegerField(null=True, editable=False)
    thumbnail = models.FileField(max_length=255, blank=True, editable=False)
    renditions = models.JSONField(default=dict, editable=False)
    placeholder = models.CharField(max_length=64, null=True, editable=False)
    thumbnail_status = models.CharField(
        max_length=10,
        choices=ThumbnailStatus,
        default=ThumbnailStatus.NONE,
        editable=False,
    )
    thumbnail_error = models.JSONField(null=True, editable=False)
    thumbnail_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    # While pending: when the sweep asks again. While processing: when the worker's lease ends.
    thumbnail_due_at = models.DateTimeField(null=True, editable=False)

    searched_fields = ("name", "sku", "description")

    objects = ProductManager()
    all_objects = models.Manager.from_queryset(ProductQuerySet)()

    class Meta(CatalogModel.Meta):
        constraints = [
            *CatalogModel.Meta.constraints,
            models.UniqueConstraint(fields=["sku"], condition=LIVE, name="product_live_sku_unique"),
            models.CheckConstraint(condition=Q(price__gte=0), name="product_price_not_negative"),
            # How many decimals a currency has may change, so that is judged when it is written.
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
        indexes = [
            models.Index(
                "created_at",
                "id",
                condition=LIVE,
                name="product_live_created",
            ),
            models.Index(
                "category",
                "created_at",
                "id",
                condition=LIVE,
                name="product_live_category_created",
            ),
            models.Index("price", "id", condition=LIVE, name="product_live_price"),
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
    def awaiting_thumbnail(self) -> bool:
        return self.thumbnail_status == ThumbnailStatus.PENDING
