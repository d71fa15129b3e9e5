"""What a list may be narrowed by."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django_filters.fields import BaseCSVField

from core import slugs
from core.currencies import MAX_DECIMALS, MAX_WHOLE_DIGITS
from core.models import CatalogManager

MAX_LINKS = 100
EARLIEST, LATEST = (moment.replace(tzinfo=UTC) for moment in (datetime.min, datetime.max))


class FlagField(forms.CharField):
    """`true` or `false`, and nothing else."""

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


class FlagFilter(django_filters.Filter):
    """Filters by a yes or no."""

    field_class = FlagField


class DeletedFilter(django_filters.ChoiceFilter):
    """Keeps live rows, unless deleted ones are asked for."""

    def __init__(self, **kwargs: Any) -> None:
        names = [(name, name) for name in ("exclude", "only", "include")]
        super().__init__(choices=names, **kwargs)

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        return queryset.by_deletion(value)


class CatalogFilterSet(django_filters.FilterSet):
    """The query parameters that every list has."""

    deleted = DeletedFilter(
        help_text="Whether deleted ones are shown: not (`exclude`, the default), alone (`only`),"
        " or too (`include`)."
    )

    # For the schema: a value of each parameter, and parameters that are named by the client.
    examples: dict[str, Any] = {"deleted": "exclude"}
    families: list[dict[str, Any]] = []


class LinksField(forms.CharField):
    """A comma list of slugs or ids of live rows, read as the list of their ids."""

    PATTERN = "^[-A-Za-z0-9]{1,255}$"

    def __init__(self, *, rows: CatalogManager, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows = rows

    def to_python(self, value: Any) -> list[UUID]:
        text = super().to_python(value)
        addresses = [address.strip() for address in text.split(",")] if text else []
        if len(addresses) > MAX_LINKS:
            raise forms.ValidationError(f"At most {MAX_LINKS} are taken.", code="max_items")
        return [self.found(address) for address in set(addresses)]

    def found(self, address: str) -> UUID:
        if slugs.is_id(address) or slugs.is_well_formed(address):
            for key in self.rows.addressed(address).values_list("pk", flat=True):
                return key
        close = get_close_matches(address, self.rows.values_list("slug", flat=True)[:1000], n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        kind = self.rows.model._meta.verbose_name
        raise forms.ValidationError(f"There is no live {kind} {address!r}.{hint}", code="unknown")


class LinksFilter(django_filters.Filter):
    """Filters by rows that are named in a comma list. An unknown one is refused."""

    field_class = LinksField


class TermsField(BaseCSVField):
    """A comma list in which each field stands once."""

    def clean(self, value: list[str] | None) -> list[str]:
        fields = [term.removeprefix("-") for term in value or []]
        if "" in fields or len(set(fields)) < len(fields):
            raise forms.ValidationError("Must name each field once.", code="invalid_choice")
        return super().clean(value)


class TotalOrdering(django_filters.OrderingFilter):
    """A comma list of fields, each with an optional minus; the id always breaks ties.

    Without one the newest come first.
    """

    base_field_class = TermsField
    default = ("-created_at",)

    def __init__(self, **kwargs: Any) -> None:
        description = "A comma list of fields, each with an optional minus; the newest come first."
        super().__init__(help_text=description, **kwargs)

    def filter(self, queryset: QuerySet, value: list[str] | None) -> QuerySet:
        terms = [self.get_ordering_value(term) for term in value or []] or list(self.default)
        direction = "-" if terms[-1].startswith("-") else ""
        return queryset.order_by(*terms, f"{direction}id")


class EveryWordFilter(django_filters.CharFilter):
    """Keeps rows in which each word occurs in one of the `fields`, in any case."""

    def __init__(self, *, fields: Sequence[str], **kwargs: Any) -> None:
        description = f"Words, each of which must occur in {', '.join(fields)}."
        super().__init__(max_length=200, help_text=description, **kwargs)
        self.fields = list(fields)

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        for word in value.split():
            anywhere = Q()
            for field in self.fields:
                anywhere |= Q(**{f"{field}__has": word})
            queryset = queryset.filter(anywhere)
        return queryset


class MomentField(forms.CharField):
    """A time with its zone, as RFC 3339 has it; a plus that became a space is understood."""

    def to_python(self, value: Any) -> datetime | None:
        text = super().to_python(value)
        if not text:
            return None
        try:
            moment = parse_datetime(text.replace(" ", "+")) if len(text) <= 40 else None
        except ValueError as error:
            raise self.refusal() from error
        if moment is None or moment.tzinfo is None:
            raise self.refusal()
        try:
            return moment.astimezone(UTC)
        except OverflowError:  # in UTC it lies beyond the first or the last year
            return EARLIEST if moment.year == EARLIEST.year else LATEST

    def refusal(self) -> forms.ValidationError:
        detail = "Must be a time with its zone, like 2026-01-31T12:00:00Z."
        return forms.ValidationError(detail, code="invalid")


class MomentFilter(django_filters.Filter):
    """Filters by a time."""

    field_class = MomentField


class AmountField(forms.DecimalField):
    """An exact decimal, written out plainly."""

    PATTERN = rf"^[0-9]{{1,{MAX_WHOLE_DIGITS}}}(?:\.[0-9]{{1,{MAX_DECIMALS}}}0*)?$"

    def clean(self, value: Any) -> Decimal | None:
        plain = value.rstrip("0").rstrip(".") if value and "." in value else value
        amount = super().clean(plain)
        if value and not re.fullmatch(self.PATTERN, value):
            raise forms.ValidationError("Must be an amount, like 12.50.", code="invalid")
        return amount


class AmountFilter(django_filters.NumberFilter):
    """Filters by an amount of money."""

    field_class = AmountField
