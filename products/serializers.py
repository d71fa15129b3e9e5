"""Product serializers."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from categories.models import Category
from core.api.fields.catalog import AttributesField, FileUrlField, ImageUploadField, SlugOrIdField
from core.api.fields.money import CurrencyField, PriceField, PriceMixin
from core.api.fields.strict import StrictCharField
from core.api.serializers import CatalogSerializer, RestoreSerializer
from products.models import MAX_SKU_LENGTH, Product


@extend_schema_field(
    {
        "type": "object",
        "description": "Why the thumbnail failed: a `code` for programs, a `detail` for people.",
        "required": ["code", "detail"],
        "properties": {"code": {"type": "string"}, "detail": {"type": "string"}},
    },
    component_name="ThumbnailError",
)
class ThumbnailErrorField(serializers.JSONField):
    """The reason why the thumbnail failed."""


class SkuField(StrictCharField):
    """A SKU; an empty one becomes null, which the unique constraint ignores."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False, allow_null=True, allow_blank=True, max_length=MAX_SKU_LENGTH, **kwargs
        )

    def run_validation(self, data: Any = serializers.empty) -> str | None:
        return super().run_validation(data) or None


class ProductSerializer(PriceMixin, CatalogSerializer):
    """A product."""

    sku = SkuField(help_text=Product._meta.get_field("sku").help_text)
    price = PriceField(
        help_text="An exact decimal; in a response a string with exactly the decimals of the"
        " currency. A request may have fewer decimals, or more zeros at the end."
    )
    currency = CurrencyField(
        required=False,
        help_text="An ISO 4217 code in use, but none without a minor unit, such as gold (`XAU`) or"
        " no currency (`XXX`). The default is `USD`.",
    )
    category = SlugOrIdField(
        queryset=Category.objects.all(),
        required=False,
        allow_null=True,
        help_text="The slug of the category; an id is accepted too. Null if there is none, or it is"
        " deleted.",
    )
    category_name = serializers.SerializerMethodField(help_text="Null if `category` is.")
    attributes = AttributesField(
        required=False,
        help_text="Up to 50 strings, numbers and booleans by name; as JSON at most 65,536"
        " characters.",
    )
    image = ImageUploadField(
        help_text="The URL of the image. In a request, this URL or none leaves the image unchanged,"
        " and null removes it."
    )
    thumbnail = FileUrlField(
        help_text="The URL of a WebP or AVIF image, at most 300 pixels wide and high."
    )
    renditions = serializers.SerializerMethodField(
        help_text="Larger thumbnails by name: `medium` (640 pixels) and `large` (1280)."
    )
    thumbnail_error = ThumbnailErrorField(
        read_only=True, allow_null=True, help_text="The reason why the thumbnail failed."
    )

    class Meta:
        model = Product
        fields = [
            "id",
            "slug",
            "name",
            "description",
            "sku",
            "price",
            "currency",
            "stock",
            "is_active",
            "category",
            "category_name",
            "attributes",
            "image",
            "image_width",
            "image_height",
            "thumbnail",
            "thumbnail_status",
            "thumbnail_error",
            "renditions",
            "placeholder",
            "version",
            "created_at",
            "updated_at",
            "deleted_at",
        ]
        columns = {
            "price": ["price", "currency"],
            "category": ["category__slug", "category__deleted_at"],
            "category_name": ["category__name", "category__deleted_at"],
        }
        extra_kwargs = {
            "stock": {"max_value": 2**31 - 1},
            "version": {"min_value": 1},
            "image_width": {"min_value": 1},
            "image_height": {"min_value": 1},
        }

    def get_category_name(self, product: Product) -> str | None:
        category = product.category
        return category.name if category and category.is_live else None

    @extend_schema_field(
        {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}
    )
    def get_renditions(self, product: Product) -> dict[str, str]:
        url = self.context["request"].build_absolute_uri
        storage = Product._meta.get_field("thumbnail").storage
        return {size: url(storage.url(name)) for size, name in product.renditions.items()}


class ProductRestoreSerializer(RestoreSerializer):
    """Options of the restore of a product."""

    sku = SkuField(help_text="Another SKU. Null or empty for none.")
