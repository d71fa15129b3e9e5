"""What a list may be narrowed by."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django_filters.fields import BaseCSVField

from core.api.lists.fields import CommaListField, IdListField, SlugOrIdListField, TextListField
from core.db.search import fold
from core.values.currencies import MAX_DECIMALS, MAX_WHOLE_DIGITS

EARLIEST, LATEST = (moment.replace(tzinfo=UTC) for moment in (datetime.min, datetime.max))


class ExampleMixin:
    """A filter with an `example` of a value, which OpenAPI shows."""

    def __init__(self, *args: Any, example: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.example = example


class ChoiceFilter(ExampleMixin, django_filters.ChoiceFilter):
    """Filters by one of the choices."""


class StrictBooleanFormField(forms.CharField):
    """`true` or `false` in any case, and nothing else."""

    def to_python(self, value: Any) -> bool | None:
        match super().to_python(value).lower():
            case "":
                return None
            case "true" | "1":
                return True
            case "false" | "0":
                return False
            case _:
                raise forms.ValidationError("Must be true or false.", code="invalid")


class StrictBooleanFilter(ExampleMixin, django_filters.Filter):
    """Filters by a yes or no."""

    field_class = StrictBooleanFormField


class DeletedFilter(ChoiceFilter):
    """Keeps live rows, unless deleted ones are asked for."""

    def __init__(self, **kwargs: Any) -> None:
        names = [(name, name) for name in ("exclude", "only", "include")]
        super().__init__(choices=names, **kwargs)

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        return queryset.by_deletion(value)


class CommaListFilter(ExampleMixin, django_filters.Filter):
    """Filters by a comma list, which may also be spread over parameters of the same name."""

    field_class = CommaListField
    is_list = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"lookup_expr": "in"} | kwargs)


class IdListFilter(CommaListFilter):
    """Filters by ids. One that no row has finds nothing."""

    field_class = IdListField


class TextListFilter(CommaListFilter):
    """Filters by texts, exactly. One that no row has finds nothing."""

    field_class = TextListField


class SlugOrIdListFilter(CommaListFilter):
    """Filters by linked rows; `null` is for rows without a live one. An unknown one is rejected."""

    field_class = SlugOrIdListField

    def filter(self, queryset: QuerySet, value: list[UUID | None]) -> QuerySet:
        if not value:
            return queryset
        linked = Q(**{f"{self.field_name}__in": [key for key in value if key]})
        return queryset.filter(linked | self.unlinked() if None in value else linked)

    def unlinked(self) -> Q:
        """Rows whose link reads as null: they have none, or its other end is deleted."""
        link = self.field_name
        return Q(**{f"{link}__isnull": True}) | Q(**{f"{link}__deleted_at__isnull": False})


class OrderingField(BaseCSVField):
    """A comma list in which each field stands once."""

    def clean(self, value: list[str] | None) -> list[str]:
        fields = [term.removeprefix("-") for term in value or []]
        if "" in fields or len(set(fields)) < len(fields):
            raise forms.ValidationError("Must name each field once.", code="invalid_choice")
        return super().clean(value)


class StableOrderingFilter(ExampleMixin, django_filters.OrderingFilter):
    """A comma list of fields, each with an optional minus; the id always breaks ties.

    Without one the newest come first.
    """

    base_field_class = OrderingField
    default = ("-created_at",)
    is_list = True

    def __init__(self, **kwargs: Any) -> None:
        description = (
            "A comma list of fields, each with an optional minus; the newest come first. Names are"
            " in the order of the Unicode collation: Äpfel, apple, Banana."
        )
        super().__init__(help_text=description, **kwargs)

    def filter(self, queryset: QuerySet, value: list[str] | None) -> QuerySet:
        terms = [self.get_ordering_value(term) for term in value or []] or list(self.default)
        direction = "-" if terms[-1].startswith("-") else ""
        return queryset.order_by(*terms, f"{direction}id")


class SearchFilter(ExampleMixin, django_filters.CharFilter):
    """Keeps rows whose `search_text` contains every word, in any case."""

    allows_blank = True

    def __init__(self, *, fields: str, **kwargs: Any) -> None:
        description = f"Words, each of which must occur in {fields}, in any case."
        super().__init__(max_length=200, help_text=description, **kwargs)

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        for word in fold(value).split():
            queryset = queryset.filter(search_text__contains=word)
        return queryset


class AwareDateTimeField(forms.CharField):
    """A time with its zone, as RFC 3339 has it; a plus that became a space is understood."""

    def to_python(self, value: Any) -> datetime | None:
        text = super().to_python(value)
        if not text:
            return None
        try:
            moment = parse_datetime(text.replace(" ", "+").upper()) if len(text) <= 40 else None
        except ValueError as error:
            raise self.invalid() from error
        if moment is None or moment.tzinfo is None:
            raise self.invalid()
        try:
            return moment.astimezone(UTC)
        except OverflowError:  # in UTC it lies beyond the first or the last year
            return EARLIEST if moment.year == EARLIEST.year else LATEST

    def invalid(self) -> forms.ValidationError:
        detail = "Must be a time with its zone, like 2026-01-31T12:00:00Z."
        return forms.ValidationError(detail, code="invalid")


class AwareDateTimeFilter(ExampleMixin, django_filters.Filter):
    """Filters by a time."""

    field_class = AwareDateTimeField


class PlainDecimalField(forms.DecimalField):
    """An exact decimal, written out plainly."""

    PATTERN = rf"^[0-9]{{1,{MAX_WHOLE_DIGITS}}}(?:\.[0-9]{{1,{MAX_DECIMALS}}}0*)?$"

    def clean(self, value: Any) -> Decimal | None:
        plain = value.rstrip("0").rstrip(".") if value and "." in value else value
        amount = super().clean(plain)
        if value and not re.fullmatch(self.PATTERN, value):
            raise forms.ValidationError("Must be an amount, like 12.50.", code="invalid")
        return amount


class PlainDecimalFilter(ExampleMixin, django_filters.NumberFilter):
    """Filters by an amount of money."""

    field_class = PlainDecimalField


class CatalogFilterSet(django_filters.FilterSet):
    """The query parameters that every list has."""

    deleted = DeletedFilter(
        help_text="Whether deleted ones are shown: not (`exclude`, the default), alone (`only`),"
        " or too (`include`).",
        example="exclude",
    )
    created_after = AwareDateTimeFilter(
        "created_at", "gt", help_text="Created after this time.", example="2026-01-01T00:00:00Z"
    )
    created_before = AwareDateTimeFilter(
        "created_at", "lt", help_text="Created before this time.", example="2036-01-01T00:00:00Z"
    )
    updated_after = AwareDateTimeFilter(
        "updated_at", "gt", help_text="Changed after this time.", example="2026-01-01T00:00:00Z"
    )
    updated_before = AwareDateTimeFilter(
        "updated_at", "lt", help_text="Changed before this time.", example="2036-01-01T00:00:00Z"
    )

    # OpenAPI parameters whose names the client completes, such as `attributes[<key>]`.
    pattern_parameters: ClassVar[list[dict[str, Any]]] = []

    @classmethod
    def canonical_name(cls, parameter: str) -> str:
        """Return the one spelling of a parameter that has several."""
        return parameter

    @classmethod
    def comma_lists(cls) -> set[str]:
        filters = cls.base_filters.items()
        return {name for name, filter_ in filters if getattr(filter_, "is_list", False)}
