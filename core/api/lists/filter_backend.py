"""Query parameters, strictly: a typing error never returns everything."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, ClassVar
from urllib.parse import unquote_plus, unquote_to_bytes

from django.db.models import QuerySet
from django.http import QueryDict
from django_filters import FilterSet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from core.api.lists.urls import MAX_QUERY_LENGTH, query_length

ParameterError = dict[str, str]

MAX_HINTS = 50

# Codes that a whole problem has where all its errors have it.
OF_THEIR_OWN = ({"unknown-parameter"}, {"use-cursor"}, {"invalid-cursor"})


class InvalidParameters(ValidationError):
    """Some query parameters are unknown, or have a value that cannot be used."""

    def __init__(self, errors: list[ParameterError]) -> None:
        super().__init__(errors)
        self.errors = errors
        codes = {error["code"] for error in errors}
        self.code = codes.pop() if codes in OF_THEIR_OWN else "validation-error"


class StrictFilterBackend(DjangoFilterBackend):
    """django-filter, with every parameter either understood or refused."""

    def get_filterset_kwargs(
        self, request: Request, queryset: QuerySet, view: APIView
    ) -> dict[str, Any]:
        kwargs = super().get_filterset_kwargs(request, queryset, view)
        return kwargs | {"data": normalized(request.query_params, view.filterset_class)}

    def filter_queryset(self, request: Request, queryset: QuerySet, view: APIView) -> QuerySet:
        filterset = self.get_filterset(request, queryset, view)
        known = {*filterset.filters, *view.paginator.parameters, "fields"}
        errors = [
            *unknown_parameters(filterset.data, known),
            *repeated_parameters(filterset.data, known),
            *too_many_values(request.query_params),
            *unknown_fields(requested_fields(request.query_params), view),
            *blank_values(filterset.data, filterset),
            *invalid_values(filterset),
        ]
        if errors:
            raise InvalidParameters(errors)
        return filterset.qs


class StrictParametersMixin:
    """A view whose actions reject query parameters that they do not have, before anything else.

    `parameter_serializers` says which an action has; a list has those of its filter backend.
    """

    parameter_serializers: ClassVar[Mapping[str, type[Serializer]]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require_utf_8(request.META.get("QUERY_STRING", ""))
        action = getattr(self, "action", "")
        if action != "list" and hasattr(self, request.method.lower()):  # else it is a 405
            serializer_class = self.parameter_serializers.get(action, Serializer)
            self.parameters = read_parameters(serializer_class, request.query_params)


def require_utf_8(query: str) -> None:
    """Raise `InvalidParameters` where Django would read U+FFFD, as no form and no JSON may do."""
    errors = []
    for pair in query.encode("latin-1").split(b"&"):  # WSGI's text for bytes
        try:
            unquote_to_bytes(pair).decode()
        except UnicodeDecodeError:
            name = unquote_plus(pair.partition(b"=")[0].decode("latin-1"))
            detail = "The name and the value must be UTF-8."
            code = "invalid-cursor" if name == "cursor" else "invalid"
            errors.append({"parameter": name, "code": code, "detail": detail})
    if errors:
        raise InvalidParameters(errors)


def normalized(query: QueryDict, filterset_class: type[FilterSet]) -> QueryDict:
    """Return the parameters under their canonical names, each comma list in one piece."""
    result = QueryDict(mutable=True)
    for name, values in query.lists():
        result.setlistdefault(filterset_class.canonical_name(name)).extend(values)
    for name in {*filterset_class.comma_lists(), "fields"} & result.keys():
        result[name] = ",".join(result.getlist(name))
    return result


def requested_fields(query: QueryDict) -> list[str]:
    """Return the names in `fields`; none of them means all."""
    names = ",".join(query.getlist("fields"))
    return names.split(",") if names else []


def read_parameters(kind: type[Serializer], given: QueryDict) -> dict[str, Any]:
    """Read the parameters of a request that lists nothing. Raises `InvalidParameters`."""
    serializer = kind(data=given.dict())
    errors = [
        *unknown_parameters(given, serializer.fields),
        *repeated_parameters(given, serializer.fields),
    ]
    if not serializer.is_valid():
        errors += [
            {"parameter": name, "code": detail.code, "detail": detail}
            for name, details in serializer.errors.items()
            for detail in details
        ]
    if errors:
        raise InvalidParameters(errors)
    return serializer.validated_data


def unknown_parameters(given: Iterable[str], known: Iterable[str]) -> Iterator[ParameterError]:
    names = ", ".join(sorted(known))
    detail = f"Known parameters are {names}." if names else "There are no parameters here."
    unknown = (name for name in given if name not in known)
    for number, name in enumerate(unknown):
        # A response lists fifty errors at most, and a hint for each of a thousand takes a second.
        choices = known if number < MAX_HINTS else ()
        yield error_with_hint(name, "unknown-parameter", detail, name, choices)


def repeated_parameters(given: QueryDict, known: Iterable[str]) -> Iterator[ParameterError]:
    for name, values in given.lists():
        if len(values) > 1 and name in known:
            yield {"parameter": name, "code": "repeated", "detail": "Must be given once."}


def too_many_values(given: QueryDict) -> Iterator[ParameterError]:
    """Reject a query that leaves no room for a cursor in the URL of the next page."""
    length = query_length(given)
    if length > MAX_QUERY_LENGTH:
        longest = max(given, key=lambda name: sum(map(len, given.getlist(name))))
        detail = (
            f"The parameters of a list have at most {MAX_QUERY_LENGTH} bytes in a URL, and these"
            f" have {length}. Name fewer values."
        )
        yield {"parameter": longest, "code": "max_length", "detail": detail}


def unknown_fields(names: Iterable[str], view: APIView) -> Iterator[ParameterError]:
    known = view.get_serializer_class().Meta.fields
    for name in names:
        if name not in known:
            detail = f"There is no field {name!r}."
            yield error_with_hint("fields", "unknown-field", detail, name, known)


def error_with_hint(
    parameter: str, code: str, detail: str, given: str, known: Iterable[str]
) -> ParameterError:
    error = {"parameter": parameter, "code": code, "detail": detail}
    close = get_close_matches(given[:100], known, n=1)
    return error | {"did_you_mean": close[0]} if close else error


def blank_values(given: QueryDict, filterset: FilterSet) -> Iterator[ParameterError]:
    """Reject empty values, except for text parameters and `cursor`, which starts one."""
    for name, value in given.items():
        allows_blank = getattr(filterset.filters.get(name), "allows_blank", name == "cursor")
        if not allows_blank and not value.strip():
            yield {"parameter": name, "code": "blank", "detail": "Must not be blank."}


def invalid_values(filterset: FilterSet) -> Iterator[ParameterError]:
    for name, errors in filterset.errors.get_json_data().items():
        for error in errors:
            yield {
                "parameter": name,
                "code": error["code"] or "invalid",
                "detail": error["message"],
            }
