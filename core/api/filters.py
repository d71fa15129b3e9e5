"""What a list may be narrowed by: strictly, so that a typing error never returns everything."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Q, QuerySet
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


class FilterBackend(DjangoFilterBackend):
    """django-filter, with every parameter either understood or refused."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: APIView) -> QuerySet:
        filterset = self.get_filterset(request, queryset, view)
        known = {*filterset.filters, *view.paginator.parameters}
        errors = [*unknown_parameters(request.query_params, known), *invalid_values(filterset)]
        if errors:
            raise InvalidParameters(errors)
        return filterset.qs


def unknown_parameters(given: Iterable[str], known: set[str]) -> Iterator[ParameterError]:
    for name in given:
        if name in known:
            continue
        error = {
            "parameter": name,
            "code": "unknown-parameter",
            "detail": f"Known parameters are {', '.join(sorted(known))}.",
        }
        if close := get_close_matches(name, known, n=1):
            error["did_you_mean"] = close[0]
        yield error


def invalid_values(filterset: django_filters.FilterSet) -> Iterator[ParameterError]:
    for name, errors in filterset.errors.get_json_data().items():
        for error in errors:
            yield {
                "parameter": name,
                "code": error["code"] or "invalid",
                "detail": error["message"],
            }


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
                anywhere |= Q(**{f"{field}__icontains": word})
            queryset = queryset.filter(anywhere)
        return queryset
