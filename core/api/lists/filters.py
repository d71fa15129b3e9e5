"""Filters that the lists have in common."""

from collections.abc import Mapping
from typing import Any, ClassVar, get_args
from uuid import UUID

import django_filters
from django.db.models import Model, Q, QuerySet

from core.api.lists import form_fields
from core.db.compiled import Parameter, parameters
from core.models import CatalogQuerySet
from core.models.soft_delete import DeletedMode

Schema = dict[str, Any]


class OpenApiFilterMixin(django_filters.Filter):
    """A filter that supplies its own OpenAPI schema, and the example of a value."""

    def __init__(self, *args: Any, example: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.example = example

    def openapi_schema(self) -> Schema:
        raise NotImplementedError

    def prepared(self, name: str, value: Any, model: type[Model]) -> Any:
        """Return what stands for the value in a query that is compiled for any such value.

        That is a `Parameter`, a list of them, or the value itself, if it decides about the query.
        Raises `Unprepared`.
        """
        return value


class Unprepared(Exception):
    """The query is different for each value."""


class ChoiceFilter(OpenApiFilterMixin, django_filters.ChoiceFilter):
    """Filters by one of the choices."""

    def openapi_schema(self) -> Schema:
        return {"type": "string", "enum": [value for value, _ in self.extra["choices"]]}


class StrictBooleanFilter(OpenApiFilterMixin):
    """Filters by a boolean."""

    field_class = form_fields.StrictBooleanFormField

    def openapi_schema(self) -> Schema:
        return {"type": "boolean"}


class DeletedFilter(ChoiceFilter):
    """Filters by soft deletion; without a value the live rows are selected."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(mode, mode) for mode in get_args(DeletedMode)]
        super().__init__(choices=choices, **kwargs)

    def filter(self, queryset: CatalogQuerySet, value: DeletedMode) -> CatalogQuerySet:
        return queryset.with_deleted(value)


class CommaListFilter(OpenApiFilterMixin):
    """Filters by a comma list; the values of a repeated parameter are joined to one list."""

    field_class: type[form_fields.CommaListField] = form_fields.CommaListField
    is_list = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"lookup_expr": "in"} | kwargs)

    def prepared(self, name: str, value: list[Any], model: type[Model]) -> list[Parameter]:
        if None in value:
            raise Unprepared
        field: Any = model._meta.get_field(self.field_name)
        target = getattr(field, "target_field", field)  # of a foreign key
        return parameters(name, target, len(value))

    def openapi_schema(self) -> Schema:
        items = {"type": "string", "pattern": self.field_class.PATTERN}
        return {"type": "array", "minItems": 1, "maxItems": form_fields.MAX_ITEMS, "items": items}


class IdListFilter(CommaListFilter):
    """Filters by ids; unknown ones are no error."""

    field_class = form_fields.IdListField


class StringListFilter(CommaListFilter):
    """Filters by strings, exactly; unknown ones are no error."""

    field_class = form_fields.StringListField


class SlugOrIdListFilter(CommaListFilter):
    """Filters by related rows; `null` selects rows without a live one. Unknown ones fail."""

    field_class = form_fields.SlugOrIdListField

    def filter(self, queryset: QuerySet, value: list[UUID | None]) -> QuerySet:
        if not value:
            return queryset
        related = Q(**{f"{self.field_name}__in": [pk for pk in value if pk]})
        return queryset.filter(related | self.without_live_relation() if None in value else related)

    def without_live_relation(self) -> Q:
        """Return the condition that the relation is null or its target is soft-deleted."""
        name = self.field_name
        return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__deleted_at__isnull": False})


class StableOrderingFilter(OpenApiFilterMixin, django_filters.OrderingFilter):
    """Orders by a comma list of `field` or `-field`, by default `-created_at`.

    The id is always appended as a tie-breaker, in the direction of the last field, so that the
    order is total and one index serves it.
    """

    base_field_class = form_fields.OrderingField
    default = ("-created_at",)
    is_list = True

    def __init__(self, **kwargs: Any) -> None:
        description = (
            "A comma-separated list of fields, each with an optional minus; by default the newest"
            " come first. Names are in the order of the Unicode collation: Äpfel, apple, Banana."
        )
        super().__init__(help_text=description, **kwargs)

    def filter(self, queryset: QuerySet, value: list[str] | None) -> QuerySet:
        return queryset.order_by(*self.terms(value))

    def terms(self, value: list[str] | None) -> tuple[str, ...]:
        """Return the names of the columns, with a minus for descending."""
        terms = [self.get_ordering_value(term) for term in value or []] or list(self.default)
        direction = "-" if terms[-1].startswith("-") else ""
        return *terms, f"{direction}id"

    def openapi_schema(self) -> Schema:
        """Return the schema of a list that has each field once, in one direction."""
        terms = [term for term, _ in self.extra["choices"]]
        pairs = [{"enum": [term, f"-{term}"]} for term in terms if not term.startswith("-")]
        once = [{"contains": pair, "minContains": 0, "maxContains": 1} for pair in pairs]
        items = {"type": "string", "enum": terms}
        return {"type": "array", "minItems": 1, "items": items, "allOf": once}


class SearchFilter(OpenApiFilterMixin, django_filters.CharFilter):
    """Selects rows whose `search_text` contains every word, case-insensitively."""

    allows_blank = True

    def __init__(self, *, fields: str, **kwargs: Any) -> None:
        description = f"Words that must all occur in {fields}, in upper or lower case."
        super().__init__(max_length=200, help_text=description, **kwargs)

    def filter(self, queryset: CatalogQuerySet, value: str) -> CatalogQuerySet:
        return queryset.search(value)

    def prepared(self, name: str, value: str, model: type[Model]) -> Any:
        raise Unprepared

    def openapi_schema(self) -> Schema:
        return {"type": "string", "maxLength": self.extra["max_length"], "pattern": r"^[^\x00]*$"}


class BoundFilter(OpenApiFilterMixin):
    """Compares a column with a value."""

    def prepared(self, name: str, value: Any, model: type[Model]) -> Parameter:
        field: Any = model._meta.get_field(self.field_name)
        return Parameter(name, field)


class AwareDateTimeFilter(BoundFilter):
    """Filters by a date and time with an offset."""

    field_class = form_fields.AwareDateTimeField

    def openapi_schema(self) -> Schema:
        return {"type": "string", "format": "date-time"}


class PlainDecimalFilter(BoundFilter, django_filters.NumberFilter):
    """Filters by a decimal in plain notation, such as a price."""

    field_class = form_fields.PlainDecimalField

    def openapi_schema(self) -> Schema:
        pattern = form_fields.PlainDecimalField.PATTERN
        return {"type": "string", "format": "decimal", "pattern": pattern}


class CatalogFilterSet(django_filters.FilterSet):
    """The filters that every list of the catalog has."""

    base_filters: ClassVar[dict[str, django_filters.Filter]]  # set by the metaclass
    Meta: ClassVar[Any]

    deleted = DeletedFilter(
        help_text="Whether deleted objects are left out (`exclude`, the default), returned alone"
        " (`only`), or included (`include`).",
        example="exclude",
    )
    created_after = AwareDateTimeFilter(
        "created_at", "gt", help_text="Created after this time.", example="2026-01-01T00:00:00Z"
    )
    created_before = AwareDateTimeFilter(
        "created_at", "lt", help_text="Created before this time.", example="2036-01-01T00:00:00Z"
    )
    updated_after = AwareDateTimeFilter(
        "updated_at", "gt", help_text="Updated after this time.", example="2026-01-01T00:00:00Z"
    )
    updated_before = AwareDateTimeFilter(
        "updated_at", "lt", help_text="Updated before this time.", example="2036-01-01T00:00:00Z"
    )

    # OpenAPI parameters whose names the client completes, such as `attributes[<key>]`.
    pattern_parameters: ClassVar[list[Schema]] = []

    @classmethod
    def resolve(cls, criteria: dict[str, Any]) -> dict[str, Any]:
        """Return the cleaned values of the parameters with what a query has to look up for them."""
        return criteria

    def apply(self, queryset: Any, criteria: Mapping[str, Any]) -> Any:
        """Return the rows that meet the criteria, in their order."""
        for name, value in criteria.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset

    def filter_queryset(self, queryset: Any) -> Any:
        return self.apply(queryset, self.resolve(self.form.cleaned_data))

    @classmethod
    def canonical_name(cls, parameter: str) -> str:
        """Return the name of the filter that a parameter stands for, if it has aliases."""
        return parameter

    @classmethod
    def comma_lists(cls) -> set[str]:
        """Return the names of the parameters whose value is a comma list."""
        filters = cls.base_filters.items()
        return {name for name, filter_ in filters if getattr(filter_, "is_list", False)}
