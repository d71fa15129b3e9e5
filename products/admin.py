from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from categories.admin import CategoryAutocompleteMixin, path_label
from categories.selectors import ANCESTORS
from core.admin import CatalogAdmin, CatalogForm, DeleteStrategy
from core.admin.actions import apply_to_each
from core.admin.fields import AttributesFormField, ImageFormField, ImageInput
from core.errors import SoftDeleted
from core.values.currencies import format_amount
from products import services
from products.models import Product, ProductQuerySet
from products.serializers import ProductSerializer


class ProductForm(CatalogForm):
    """A form that shows a price with the decimals of its currency, as the API does."""

    serializer_class = ProductSerializer
    create = staticmethod(services.create_product)
    update = staticmethod(services.update_product)

    attributes = AttributesFormField(
        required=False,
        initial=dict,
        help_text='A JSON object without nesting, such as {"color": "blue", "volume_ml": 350}.',
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_new:
            self.initial["price"] = format_amount(self.instance.price, self.instance.currency)

    class Meta:
        field_classes = {"image": ImageFormField}
        widgets = {"image": ImageInput}
        labels = {"sku": "SKU", "is_active": "Active"}
        help_texts = {
            "slug": "Identifies the product in URLs. Leave it empty to make it from the name.",
            "sku": "The stock keeping unit, unique among live products.",
            "currency": "An ISO 4217 code, such as USD.",
            "is_active": "Clear it for a draft.",
        }


@admin.register(Product)
class ProductAdmin(CategoryAutocompleteMixin, CatalogAdmin[Product]):
    form = ProductForm
    delete_help_text = (
        "The API no longer returns a deleted product, and its slug and SKU can be used by another"
        " one. The other values and the image are kept."
    )
    restore_row = staticmethod(services.restore_product)

    list_display = [
        "thumbnail_preview",
        "name",
        "slug",
        "price_with_currency",
        "stock",
        "category_path",
        "thumbnail_state",
        "deleted_at",
    ]
    list_display_links = ["thumbnail_preview", "name"]
    list_filter = [*CatalogAdmin.list_filter, "thumbnail_status", "is_active"]
    list_select_related = [f"category__{ANCESTORS}"]
    readonly_fields = [
        *CatalogAdmin.readonly_fields,
        "thumbnail_preview",
        "thumbnail_state",
        "thumbnail_error",
    ]
    actions = ["delete_selected", "restore", "restore_renamed", "retry_thumbnails"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "seen_version",
                    "name",
                    "slug",
                    "description",
                    "category",
                    "is_active",
                ]
            },
        ),
        ("Sale", {"fields": ["sku", "price", "currency", "stock", "attributes"]}),
        (
            "Image",
            {"fields": ["image", "thumbnail_preview", "thumbnail_state", "thumbnail_error"]},
        ),
        ("Record", {"fields": [*CatalogAdmin.readonly_fields]}),
    ]

    def get_delete_strategies(self, rows: Sequence[Product]) -> list[DeleteStrategy[Product]]:
        return [DeleteStrategy("detach", "Delete", "", services.delete_product)]

    @admin.display(description="thumbnail")
    def thumbnail_preview(self, product: Product) -> str:
        if not product.thumbnail:
            return "-"
        return format_html('<img src="{}" alt="" style="max-height: 4rem">', product.thumbnail.url)

    @admin.display(description="price", ordering="price")
    def price_with_currency(self, product: Product) -> str:
        return f"{format_amount(product.price, product.currency)} {product.currency}"

    @admin.display(description="category", ordering="category__name")
    def category_path(self, product: Product) -> str:
        return path_label(product.category) if product.category else "-"

    @admin.display(description="thumbnail status", ordering="thumbnail_status")
    def thumbnail_state(self, product: Product) -> str:
        return product.get_thumbnail_status_display()

    @admin.action(description="Retry failed thumbnails", permissions=["change"])
    def retry_thumbnails(self, request: HttpRequest, queryset: ProductQuerySet) -> None:
        report = apply_to_each(self.selected_rows(request, queryset), retry_thumbnail)
        self.message_report(request, "queued for a new thumbnail", report)


def retry_thumbnail(product: Product) -> None:
    """Enqueue a failed thumbnail again. Raises `SoftDeleted`, `ThumbnailNotFailed`."""
    if not product.is_live:
        raise SoftDeleted("It is deleted.", product)
    services.retry_thumbnail(product)
