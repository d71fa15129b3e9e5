"""What a list may be narrowed by: strictly, so that a typing error never returns everything."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from core import slugs
from core.models import CatalogManager

ParameterError = dict[str, str]

# Codes that a whole problem has where all its errors have it.
OF_THEIR_OWN = ({"unknown-parameter"}, {"use-cursor"}, {"invalid-cursor"})


class InvalidParameters(ValidationError):
    """Some query parameters are unknown, or have a value that cannot be used."""

    def __init__(self, errors: list[ParameterError]) -> None:
        super().__init__(errors)
        self.errors = errors
        codes = {error["code"] for error in errors}
        self.code = codes.pop() if codes in OF_THEIR_OWN else "validation-error"


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
        match value:
            case "only":
                return queryset.deleted()
            case "include":
                return queryset
            case _:
                return queryset.live()


class CatalogFilterSet(django_filters.FilterSet):
    """The query parameters that every list has."""

    deleted = DeletedFilter()

    def understands(self, parameter: str) -> bool:
        return parameter in self.filters


class FilterBackend(DjangoFilterBackend):
    """django-filter, with every parameter either understood or refused."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: APIView) -> QuerySet:
        filterset = self.get_filterset(request, queryset, view)
        errors = [
            *unknown_parameters(request.query_params, filterset, view.paginator.parameters),
            *unknown_fields(request.query_params.get("fields", ""), view),
            *invalid_values(filterset),
        ]
        if errors:
            raise InvalidParameters(errors)
        return filterset.qs


def unknown_parameters(
    given: Iterable[str], filterset: CatalogFilterSet, others: Iterable[str]
) -> Iterator[ParameterError]:
    known = {*filterset.filters, *others, "fields"}
    for name in given:
        if name not in known and not filterset.understands(name):
            detail = f"Known parameters are {', '.join(sorted(known))}."
            yield error_with_hint(name, "unknown-parameter", detail, name, known)


def unknown_fields(given: str, view: APIView) -> Iterator[ParameterError]:
    known = view.get_serializer_class().Meta.fields
    for name in filter(None, given.split(",")):
        if name not in known:
            detail = f"There is no field {name!r}."
            yield error_with_hint("fields", "unknown-field", detail, name, known)


def error_with_hint(
    parameter: str, code: str, detail: str, given: str, known: Iterable[str]
) -> ParameterError:
    error = {"parameter": parameter, "code": code, "detail": detail}
    close = get_close_matches(given, known, n=1)
    return error | {"did_you_mean": close[0]} if close else error


def invalid_values(filterset: django_filters.FilterSet) -> Iterator[ParameterError]:
    for name, errors in filterset.errors.get_json_data().items():
        for error in errors:
            yield {
                "parameter": name,
                "code": error["code"] or "invalid",
                "detail": error["message"],
            }


class LinksField(forms.CharField):
    """A comma list of slugs or ids of live rows, read as the list of their ids."""

    def __init__(self, *, rows: CatalogManager, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows = rows

    def to_python(self, value: Any) -> list[UUID]:
        return [
            self.found(address.strip())
            for address in (super().to_python(value) or "").split(",")
            if value
        ]

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


class TotalOrdering(django_filters.OrderingFilter):
    """A comma list of fields, each with an optional minus; the id always breaks ties.

    Without one the newest come first.
    """

    default = ("-created_at",)

    def filter(self, queryset: QuerySet, value: list[str] | None) -> QuerySet:
        terms = [self.get_ordering_value(term) for term in value or []] or list(self.default)
        direction = "-" if terms[-1].startswith("-") else ""
        return queryset.order_by(*terms, f"{direction}id")


class EveryWordFilter(django_filters.CharFilter):
    """Keeps rows in which each word occurs in one of the `fields`, in any case."""

    def __init__(self, *, fields: Iterable[str], **kwargs: Any) -> None:
        super().__init__(max_length=200, label="Words that must all occur.", **kwargs)
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
            if moment and moment.tzinfo:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.refusal() from error
        raise self.refusal()

    def refusal(self) -> forms.ValidationError:
        detail = "Must be a time with its zone, like 2026-01-31T12:00:00Z."
        return forms.ValidationError(detail, code="invalid")


class MomentFilter(django_filters.Filter):
    """Filters by a time."""

    field_class = MomentField
