"""Query parameters, strictly: a typing error never returns everything."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django_filters import CharFilter, FilterSet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

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
        known = {*filterset.filters, *view.paginator.parameters, "fields"}
        errors = [
            *unknown_parameters(request.query_params, known),
            *unknown_fields(request.query_params.get("fields", ""), view),
            *blank_values(request.query_params, filterset),
            *invalid_values(filterset),
        ]
        if errors:
            raise InvalidParameters(errors)
        return filterset.qs


def read_parameters(kind: type[Serializer], given: QueryDict) -> dict[str, Any]:
    """Read the parameters of a request that lists nothing. Raises `InvalidParameters`."""
    serializer = kind(data=given.dict())
    errors = list(unknown_parameters(given, serializer.fields))
    if not errors and not serializer.is_valid():
        errors = [
            {"parameter": name, "code": detail.code, "detail": detail}
            for name, details in serializer.errors.items()
            for detail in details
        ]
    if errors:
        raise InvalidParameters(errors)
    return serializer.validated_data


def unknown_parameters(given: Iterable[str], known: Iterable[str]) -> Iterator[ParameterError]:
    for name in given:
        if name not in known:
            detail = f"Known parameters are {', '.join(sorted(known))}."
            yield error_with_hint(name, "unknown-parameter", detail, name, known)


def unknown_fields(given: str, view: APIView) -> Iterator[ParameterError]:
    known = view.get_serializer_class().Meta.fields
    for name in given.split(",") if given else ():
        if name not in known:
            detail = f"There is no field {name!r}."
            yield error_with_hint("fields", "unknown-field", detail, name, known)


def error_with_hint(
    parameter: str, code: str, detail: str, given: str, known: Iterable[str]
) -> ParameterError:
    error = {"parameter": parameter, "code": code, "detail": detail}
    close = get_close_matches(given, known, n=1)
    return error | {"did_you_mean": close[0]} if close else error


def blank_values(given: QueryDict, filterset: FilterSet) -> Iterator[ParameterError]:
    """Refuse nothing where something is needed: a text may be blank, and `cursor=` starts one."""
    for name, value in given.items():
        is_text = name == "cursor" or isinstance(filterset.filters.get(name), CharFilter)
        if not is_text and not value.strip():
            yield {"parameter": name, "code": "blank", "detail": "Must not be blank."}


def invalid_values(filterset: FilterSet) -> Iterator[ParameterError]:
    for name, errors in filterset.errors.get_json_data().items():
        for error in errors:
            yield {
                "parameter": name,
                "code": error["code"] or "invalid",
                "detail": error["message"],
            }
