from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from core.admin import CatalogAdmin
from products import services
from products.models import Product, ThumbnailStatus


@admin.register(Product)
class ProductAdmin(CatalogAdmin):
    create = staticmethod(services.create_product)
    update = staticmethod(services.update_product)
    restore_row = staticmethod(services.restore_product)

    list_display = ["picture", "name", "slug", "price", "stock", "category", "state", "deleted_at"]
    list_display_links = ["picture", "name"]
    list_filter = [*CatalogAdmin.list_filter, "thumbnail_status", "is_active"]
    list_select_related = ["category"]
    autocomplete_fields = ["category"]
    search_fields = [*CatalogAdmin.search_fields, "sku"]
    readonly_fields = [*CatalogAdmin.readonly_fields, "picture", "state", "thumbnail_error"]
    actions = [*CatalogAdmin.actions, "retry_thumbnails"]

    @admin.display(description="")
    def picture(self, product: Product) -> str:
        if not product.thumbnail:
            return "-"
        return format_html('<img src="{}" alt="" style="max-height: 4rem">', product.thumbnail.url)

    @admin.display(description="thumbnail", ordering="thumbnail_status")
    def state(self, product: Product) -> str:
        return product.get_thumbnail_status_display()

    @admin.action(description="Retry failed thumbnails", permissions=["change"])
    def retry_thumbnails(self, request: HttpRequest, queryset: QuerySet) -> None:
        for product in queryset.live().filter(thumbnail_status=ThumbnailStatus.FAILED):
            services.retry_thumbnail(product)
