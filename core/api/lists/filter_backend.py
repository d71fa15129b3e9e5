"""A django-filter backend that rejects every query parameter that it cannot apply."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from django.db.models import QuerySet
from django.http import QueryDict
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

from core.api.errors.api_errors import query_error
from core.api.lists.filters import CatalogFilterSet
from core.api.lists.page_urls import MAX_QUERY_LENGTH, query_length
from core.api.query_parameters import (
    InvalidParameters,
    ParameterError,
    error_with_suggestion,
    repeated_parameter_errors,
    unknown_parameter_errors,
)


class Paginator(Protocol):
    """A pagination class that lists the query parameters that it reads."""

    parameters: tuple[str, ...]


class FilteredView(Protocol):
    """A generic view with a filter set and pages."""

    filterset_class: type[CatalogFilterSet]

    @property
    def paginator(self) -> Paginator: ...

    def get_serializer_class(self) -> Any: ...


class StrictFilterBackend(DjangoFilterBackend):
    """Filters by a `CatalogFilterSet`. Raises `InvalidParameters` with all errors at once."""

    def get_filterset_kwargs(
        self, request: Request, queryset: QuerySet, view: FilteredView
    ) -> dict[str, Any]:
        kwargs = super().get_filterset_kwargs(request, queryset, view)
        return kwargs | {"data": canonical_parameters(request.query_params, view.filterset_class)}

    def filter_queryset(self, request: Request, queryset: QuerySet, view: FilteredView) -> QuerySet:
        """Return the filtered rows. Raises `InvalidParameters` with all errors."""
        filterset: CatalogFilterSet = self.get_filterset(request, queryset, view)
        known = {*filterset.filters, *view.paginator.parameters, "fields"}
        errors = [
            *unknown_parameter_errors(filterset.data, known),
            *repeated_parameter_errors(filterset.data, known),
            *query_length_errors(request.query_params),
            *unknown_field_errors(requested_fields(request.query_params), view),
            *blank_value_errors(filterset.data, filterset),
            *filterset_errors(filterset),
        ]
        if errors:
            raise InvalidParameters(errors)
        return filterset.qs


def canonical_parameters(
    query_params: QueryDict, filterset_class: type[CatalogFilterSet]
) -> QueryDict:
    """Return the parameters by canonical name, the values of each comma list joined to one."""
    result = QueryDict(mutable=True)
    for name, values in query_params.lists():
        result.setlistdefault(filterset_class.canonical_name(name)).extend(values)
    for name in {*filterset_class.comma_lists(), "fields"} & result.keys():
        result[name] = ",".join(result.getlist(name))
    return result


def requested_fields(query_params: QueryDict) -> list[str]:
    """Return the names in the parameter `fields`; an empty list means all fields."""
    names = ",".join(query_params.getlist("fields"))
    return names.split(",") if names else []


def query_length_errors(query_params: QueryDict) -> Iterator[ParameterError]:
    """Yield an error if a cursor would not fit into the URL of the next page."""
    length = query_length(query_params)
    if length > MAX_QUERY_LENGTH:
        longest = max(query_params, key=lambda name: sum(map(len, query_params.getlist(name))))
        detail = (
            f"The query string is too long: at most {MAX_QUERY_LENGTH} bytes are accepted, this one"
            f" has {length}. Request fewer values."
        )
        yield query_error(longest, "max_length", detail)


def unknown_field_errors(names: Iterable[str], view: FilteredView) -> Iterator[ParameterError]:
    """Yield an error for each name in `fields` that is no field of the view's serializer."""
    known = view.get_serializer_class().Meta.fields
    for name in names:
        if name not in known:
            detail = f"Unknown field {name!r}."
            yield error_with_suggestion("fields", "unknown-field", detail, name, known)


def blank_value_errors(
    query_params: QueryDict, filterset: CatalogFilterSet
) -> Iterator[ParameterError]:
    """Yield an error for each empty value, except of text filters and `cursor`.

    `cursor=` requests the first page by cursor.
    """
    for name, values in query_params.lists():
        allows_blank = getattr(filterset.filters.get(name), "allows_blank", name == "cursor")
        if not allows_blank and not values[-1].strip():
            yield query_error(name, "blank", "Must not be blank.")


def filterset_errors(filterset: CatalogFilterSet) -> Iterator[ParameterError]:
    """Yield the errors of the filter set's form."""
    for name, errors in filterset.errors.get_json_data().items():
        for error in errors:
            yield query_error(name, error["code"] or "invalid", error["message"])
