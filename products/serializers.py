"""How a product is spelled."""

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
        "description": "Why there is no thumbnail: a `code` for programs, a `detail` for people.",
        "required": ["code", "detail"],
        "properties": {"code": {"type": "string"}, "detail": {"type": "string"}},
    },
    component_name="ThumbnailError",
)
class ThumbnailErrorField(serializers.JSONField):
    """Why there is no thumbnail."""


class ProductSerializer(PriceMixin, CatalogSerializer):
    """A product as a client reads and writes it."""

    sku = StrictCharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=MAX_SKU_LENGTH,
        help_text=Product._meta.get_field("sku").help_text,
    )
    price = PriceField(
        help_text="An exact decimal, a string in every response, with exactly the decimals of its"
        " currency. A request may have fewer, or more zeros."
    )
    currency = CurrencyField(
        required=False,
        help_text="An ISO 4217 code in use; not one without a minor unit, such as gold (`XAU`) or"
        " no currency (`XXX`). `USD` where none is given.",
    )
    category = SlugOrIdField(
        queryset=Category.objects.all(),
        required=False,
        allow_null=True,
        help_text="Its slug; an id is taken too. Null if there is none, or a deleted one.",
    )
    category_name = serializers.SerializerMethodField(help_text="Null where `category` is.")
    attributes = AttributesField(
        required=False,
        help_text="Up to 50 names, each with a text, a number or a boolean; as JSON at most 65,536"
        " characters.",
    )
    image = ImageUploadField(
        help_text="The image. Absent or sent as it was: unchanged. Null: removed."
    )
    thumbnail = FileUrlField(help_text="WebP or AVIF, at most 300 pixels wide and high.")
    renditions = serializers.SerializerMethodField(
        help_text="As the thumbnail: `medium` (640 pixels) and `large` (1280)."
    )
    thumbnail_error = ThumbnailErrorField(
        read_only=True, allow_null=True, help_text="Why the thumbnail failed."
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

    def validate_sku(self, sku: str | None) -> str | None:
        return sku or None

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
    """What the restore of a product may bring."""

    sku = StrictCharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=64,
        help_text="Another SKU for it. Null or blank: none.",
    )

    def validate_sku(self, sku: str | None) -> str | None:
        return sku or None
