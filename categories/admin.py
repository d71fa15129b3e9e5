from django.contrib import admin

from categories import services
from categories.models import Category
from core.admin import CatalogAdmin


@admin.register(Category)
class CategoryAdmin(CatalogAdmin):
    create = staticmethod(services.create_category)
    update = staticmethod(services.update_category)
    restore_row = staticmethod(services.restore_category)

    list_display = ["name", "slug", "parent", "position", "deleted_at"]
    list_select_related = ["parent"]
    autocomplete_fields = ["parent"]
