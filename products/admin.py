from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from categories.admin import CategoryPickerMixin, label_of
from categories.selectors import ANCESTORS
from core.admin import CatalogAdmin, CatalogForm, Strategy
from core.admin.actions import apply_to_each
from core.admin.fields import AttributesFormField, ImageFormField, ImageInput
from core.errors import Deleted
from core.values.currencies import format_amount
from products import services
from products.models import Product
from products.serializers import ProductSerializer


class ProductForm(CatalogForm):
    """Shows a price with the decimals of its currency, as the API does."""

    serializer_class = ProductSerializer
    create = staticmethod(services.create_product)
    update = staticmethod(services.update_product)

    attributes = AttributesFormField(
        required=False,
        initial=dict,
        help_text='A flat JSON object, such as {"color": "blue", "volume_ml": 350}.',
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
            "slug": "The name in the URL. Leave it blank to have one made from the name.",
            "sku": "Your own article number; no two live products share one.",
            "currency": "An ISO 4217 code, such as USD.",
            "is_active": "An inactive product is a draft.",
        }


@admin.register(Product)
class ProductAdmin(CategoryPickerMixin, CatalogAdmin):
    form = ProductForm
    deletion_effect = (
        "The API no longer shows a deleted product, and its slug and SKU are free for others."
        " Everything about it is kept, the image too."
    )
    restore_row = staticmethod(services.restore_product)

    list_display = ["picture", "name", "slug", "amount", "stock", "location", "state", "deleted_at"]
    list_display_links = ["picture", "name"]
    list_filter = [*CatalogAdmin.list_filter, "thumbnail_status", "is_active"]
    list_select_related = [f"category__{ANCESTORS}"]
    readonly_fields = [*CatalogAdmin.readonly_fields, "picture", "state", "thumbnail_error"]
    actions = [*CatalogAdmin.actions, "retry_thumbnails"]
    fieldsets = [
        (
            None,
            {"fields": ["seen_version", "name", "slug", "description", "category", "is_active"]},
        ),
        ("Sale", {"fields": ["sku", "price", "currency", "stock", "attributes"]}),
        ("Image", {"fields": ["image", "picture", "state", "thumbnail_error"]}),
        ("Record", {"fields": CatalogAdmin.readonly_fields}),
    ]

    def get_strategies(self, rows: Sequence[Product]) -> list[Strategy]:
        return [Strategy("detach", "Delete", "", services.delete_product)]

    @admin.display(description="thumbnail")
    def picture(self, product: Product) -> str:
        if not product.thumbnail:
            return "-"
        return format_html('<img src="{}" alt="" style="max-height: 4rem">', product.thumbnail.url)

    @admin.display(description="price", ordering="price")
    def amount(self, product: Product) -> str:
        return f"{format_amount(product.price, product.currency)} {product.currency}"

    @admin.display(description="category", ordering="category__name")
    def location(self, product: Product) -> str:
        return label_of(product.category) if product.category else "-"

    @admin.display(description="status", ordering="thumbnail_status")
    def state(self, product: Product) -> str:
        return product.get_thumbnail_status_display()

    @admin.action(description="Retry failed thumbnails", permissions=["change"])
    def retry_thumbnails(self, request: HttpRequest, queryset: QuerySet) -> None:
        report = apply_to_each(self.selected(request, queryset), retry_thumbnail)
        self.send_report(request, "queued for a new thumbnail", report)


def retry_thumbnail(product: Product) -> None:
    if not product.is_live:
        raise Deleted("It is deleted.")
    services.retry_thumbnail(product)
