from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import ForeignKey
from django.http import HttpRequest
from django.urls import path

from categories import selectors, services
from categories.models import Category
from categories.serializers import CategorySerializer
from core import slugs
from core.admin import CatalogAdmin, CatalogForm, Strategy


def label_of(category: Category) -> str:
    """Return the names from the root down to a category, which tells two of one name apart."""
    names = [category.name, *(above.name for above in category.ancestors)]
    return selectors.PATH_SEPARATOR.join(reversed(names)) + (
        "" if category.is_live else " (deleted)"
    )


class CategoryChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Category) -> str:
        return label_of(obj)


class CategorySelect(AutocompleteSelect):
    """A select that searches live categories by their path."""

    url_name = "%s:categories_category_picker"

    def __init__(self, *args: Any, moving: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.moving = moving  # the id of the category for which a parent is chosen

    def get_url(self) -> str:
        url = super().get_url()
        return f"{url}?{urlencode({'moving': self.moving})}" if self.moving else url

    def optgroups(self, name: str, value: list[str], attr: dict | None = None) -> list:
        """Render a value that is no id, which only a made-up request has, as nothing selected."""
        return super().optgroups(name, [one for one in value if slugs.is_id(str(one))], attr)


class CategoryPickerView(AutocompleteJsonView):
    """The options of `CategorySelect`."""

    def get_queryset(self) -> list[tuple[UUID, str]]:
        moving = self.request.GET.get("moving", "")
        without = UUID(moving) if slugs.is_id(moving) else None
        return selectors.search_paths(self.term, without=without)

    def serialize_result(self, obj: tuple[UUID, str], to_field_name: str) -> dict[str, str]:
        key, path = obj
        return {"id": str(key), "text": path}


class CategoryPickerMixin:
    """An admin that picks categories by their path."""

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.related_model is Category:
            moving = request.resolver_match.kwargs.get("object_id")
            kwargs |= {
                "form_class": CategoryChoiceField,
                "queryset": Category.all_objects.select_related(selectors.ANCESTORS),
                "widget": CategorySelect(
                    db_field,
                    self.admin_site,
                    moving=moving if db_field.model is Category else None,
                ),
            }
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class CategoryForm(CatalogForm):
    serializer_class = CategorySerializer
    create = staticmethod(services.create_category)
    update = staticmethod(services.update_category)

    class Meta:
        help_texts = {
            "slug": "The name in the URL. Leave it blank to have one made from the name.",
            "parent": "The category above it; blank for the top of the tree.",
            "position": "Categories below one parent are sorted by it, then by name.",
        }


@admin.register(Category)
class CategoryAdmin(CategoryPickerMixin, CatalogAdmin):
    form = CategoryForm
    deletion_effect = "The API no longer shows a deleted category, and its slug is free for others."
    restore_row = staticmethod(services.restore_category)

    list_display = ["name", "location", "slug", "position", "deleted_at"]
    list_select_related = [selectors.ANCESTORS]
    fieldsets = [
        (None, {"fields": ["name", "slug", "description", "parent", "position", "seen_version"]}),
        ("Record", {"fields": CatalogAdmin.readonly_fields}),
    ]

    @admin.display(description="path")
    def location(self, category: Category) -> str:
        return label_of(category)

    def count_deleted_with(self, row: Category) -> int:
        categories = Category.all_objects.filter(deletion_id=row.deletion_id).count() - 1
        return categories + selectors.products_deleted_with(row).count()

    def describe_row(self, row: Category) -> str:
        return label_of(row)

    def get_urls(self) -> list:
        view = CategoryPickerView.as_view(admin_site=self.admin_site)
        picker = path(
            "picker/", self.admin_site.admin_view(view), name="categories_category_picker"
        )
        return [picker, *super().get_urls()]

    def get_strategies(self, rows: Sequence[Category]) -> list[Strategy]:
        count = selectors.count_below([row.pk for row in rows])
        below = f"Below: {describe_count(count)}."
        return [
            Strategy(
                "detach",
                "Keep what is below.",
                f"{below} That stays. What is directly in a deleted category shows no category or"
                " parent until it is restored.",
                services.delete_category,
            ),
            Strategy(
                "restrict",
                "Only if nothing is below.",
                f"{below} A category that has anything below it is not deleted.",
                services.delete_empty_category,
            ),
            Strategy(
                "cascade",
                "With everything below.",
                f"{below} That is deleted too. Restoring the category restores exactly what was"
                " deleted with it.",
                services.delete_category_tree,
            ),
        ]


def describe_count(count: dict[str, int]) -> str:
    """Return the numbers of categories and products in words."""
    parts = [
        f"{number} {noun if number == 1 else plural}"
        for noun, plural, number in (
            ("category", "categories", count["categories"]),
            ("product", "products", count["products"]),
        )
        if number
    ]
    return " and ".join(parts) or "nothing"
