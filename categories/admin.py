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
from core.admin import CatalogAdmin, CatalogForm, DeleteStrategy


def path_label(category: Category) -> str:
    """Return the names from the root to the category, which distinguish two of one name."""
    names = [category.name, *(ancestor.name for ancestor in category.ancestors)]
    return selectors.PATH_SEPARATOR.join(reversed(names)) + (
        "" if category.is_live else " (deleted)"
    )


class CategoryChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Category) -> str:
        return path_label(obj)


class CategoryAutocompleteSelect(AutocompleteSelect):
    """A select that searches live categories by their path."""

    url_name = "%s:categories_category_autocomplete"

    def __init__(self, *args: Any, exclude: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.exclude = exclude  # id of the category whose parent is selected

    def get_url(self) -> str:
        url = super().get_url()
        return f"{url}?{urlencode({'exclude': self.exclude})}" if self.exclude else url

    def optgroups(
        self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None
    ) -> list[tuple[str | None, list[dict[str, Any]], int | None]]:
        """Ignore submitted values that are no ids: Django would raise `ValidationError`."""
        return super().optgroups(name, [key for key in value if slugs.is_uuid(str(key))], attr)


class CategoryAutocompleteView(AutocompleteJsonView):
    """The options of `CategoryAutocompleteSelect`, as pairs of an id and a path."""

    def get_queryset(self) -> Any:
        exclude = self.request.GET.get("exclude", "")
        without = UUID(exclude) if slugs.is_uuid(exclude) else None
        return selectors.search_paths(self.term, without=without)

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        key, label = obj
        return {"id": str(key), "text": label}


class CategoryAutocompleteMixin(admin.ModelAdmin):
    """A `ModelAdmin` whose foreign keys to `Category` are selected by path."""

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        if db_field.related_model is Category:
            is_parent = db_field.model is Category and request.resolver_match
            kwargs |= {
                "form_class": CategoryChoiceField,
                "queryset": Category.all_objects.select_related(selectors.ANCESTORS),
                "widget": CategoryAutocompleteSelect(
                    db_field,
                    self.admin_site,
                    exclude=is_parent.kwargs.get("object_id") if is_parent else None,
                ),
            }
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class CategoryForm(CatalogForm):
    serializer_class = CategorySerializer
    create = staticmethod(services.create_category)
    update = staticmethod(services.update_category)

    class Meta:
        help_texts = {
            "slug": "Identifies the category in URLs. Leave it empty to make it from the name.",
            "parent": "Leave it empty for a root category.",
            "position": "Categories of one parent are ordered by position, then by name.",
        }


@admin.register(Category)
class CategoryAdmin(CategoryAutocompleteMixin, CatalogAdmin[Category]):
    form = CategoryForm
    delete_help_text = (
        "The API no longer returns a deleted category, and its slug can be used by another one."
    )
    restore_row = staticmethod(services.restore_category)

    list_display = ["name", "category_path", "slug", "position", "deleted_at"]
    list_select_related = [selectors.ANCESTORS]
    fieldsets = [
        (
            None,
            {"fields": ["name", "slug", "description", "parent", "position", "seen_version"]},
        ),
        ("Record", {"fields": [*CatalogAdmin.readonly_fields]}),
    ]

    @admin.display(description="path")
    def category_path(self, category: Category) -> str:
        return path_label(category)

    def count_deleted_with(self, row: Category) -> int:
        categories = Category.all_objects.filter(deletion_id=row.deletion_id).count() - 1
        return categories + selectors.products_deleted_with(row).count()

    def row_label(self, row: Category) -> str:
        return path_label(row)

    def get_urls(self) -> list:
        view = CategoryAutocompleteView.as_view(admin_site=self.admin_site)
        autocomplete = path(
            "autocomplete/",
            self.admin_site.admin_view(view),
            name="categories_category_autocomplete",
        )
        return [autocomplete, *super().get_urls()]

    def get_delete_strategies(self, rows: Sequence[Category]) -> list[DeleteStrategy[Category]]:
        dependents = describe_dependents(selectors.count_live_dependents([row.pk for row in rows]))
        return [
            DeleteStrategy(
                "detach",
                "Keep them.",
                f"{dependents} are kept. Subcategories and products directly in a deleted category"
                " have no parent or category until it is restored.",
                services.delete_category,
            ),
            DeleteStrategy(
                "restrict",
                "Delete only empty categories.",
                f"{dependents} are kept. A category that contains any of them is not deleted.",
                services.delete_empty_category,
            ),
            DeleteStrategy(
                "cascade",
                "Delete them too.",
                f"{dependents} are deleted. Restoring the category restores exactly the rows that"
                " were deleted with it.",
                services.delete_category_tree,
            ),
        ]


def describe_dependents(count: dict[str, int]) -> str:
    """Return the numbers of subcategories and products in words."""
    return " and ".join(
        f"{number} {singular if number == 1 else plural}"
        for singular, plural, number in (
            ("subcategory", "subcategories", count["categories"]),
            ("product", "products", count["products"]),
        )
    )
