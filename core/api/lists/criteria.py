"""The criteria of a list: valid parameters, read without the forms that explain invalid ones."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from rest_framework.request import Request

from core.api.lists.filters import CatalogFilterSet, Unprepared
from core.api.lists.page_urls import MAX_QUERY_LENGTH
from core.db.compiled import Parameter, numbered

LONGEST_ENCODING = 3  # characters of a URL for a byte


@dataclass(frozen=True)
class PreparedCriteria:
    """Criteria with parameters for their values, the same for all requests with an equal key."""

    key: Hashable
    values: Mapping[str, Any]
    criteria: Mapping[str, Any]
    filterset_class: type[CatalogFilterSet]

    @property
    def ordering(self) -> tuple[str, ...]:
        """The names of the columns that the rows are ordered by, with a minus for descending."""
        filter_: Any = self.filterset_class.base_filters["ordering"]
        return filter_.terms(self.criteria.get("ordering"))

    def apply(self, queryset: QuerySet) -> QuerySet:
        filterset = self.filterset_class(QueryDict(), queryset)
        return filterset.apply(queryset, {**no_criteria(self.filterset_class), **self.criteria})


@cache
def no_criteria(filterset_class: type[CatalogFilterSet]) -> Mapping[str, Any]:
    """Return the cleaned values of all parameters where none is given."""
    form = filterset_class(QueryDict()).form
    form.is_valid()
    return dict(form.cleaned_data)


def prepared_criteria(
    request: Request, filterset_class: type[CatalogFilterSet], others: Collection[str]
) -> PreparedCriteria | None:
    """Return the criteria in valid parameters; None where the whole filter set has to read them.

    That is so for invalid ones, whose errors it reports, for aliases, and for a search. `others`
    are parameters that are read elsewhere.
    """
    if not is_short(request.META.get("QUERY_STRING", "")):
        return None
    criteria = clean_criteria(request.query_params, filterset_class, others)
    if criteria is None:
        return None
    key: list[Any] = []
    values: dict[str, Any] = {}
    prepared: dict[str, Any] = {}
    filters: dict[str, Any] = filterset_class.base_filters
    model = filterset_class.Meta.model
    try:
        for name, value in filterset_class.resolve(criteria).items():
            stand_in = filters[name].prepared(name, value, model)
            prepared[name] = stand_in
            match stand_in:
                case Parameter():
                    key.append((name, Parameter))
                    values[name] = value
                case [Parameter(), *_]:
                    key.append((name, len(stand_in)))
                    values |= numbered(name, value)
                case list():
                    key.append((name, tuple(stand_in)))
                case _:
                    key.append((name, stand_in))
    except Unprepared:
        return None
    return PreparedCriteria(frozenset(key), values, prepared, filterset_class)


def clean_criteria(
    query_params: QueryDict, filterset_class: type[CatalogFilterSet], others: Collection[str]
) -> dict[str, Any] | None:
    """Return the cleaned values of the parameters, or None if one is not given as documented."""
    criteria = {}
    for name, values in query_params.lists():
        is_blank = not values[0].strip() and name != "cursor"
        if len(values) > 1 or is_blank:
            return None
        if name in others:
            continue
        filter_ = filterset_class.base_filters.get(name)
        if filter_ is None:
            return None
        field = filter_.field
        try:
            criteria[name] = field.clean(field.widget.value_from_datadict(query_params, {}, name))
        except ValidationError:
            return None
    return criteria


def is_short(query_string: str) -> bool:
    """Return whether a query is within the limit, however its characters are encoded."""
    return len(query_string) * LONGEST_ENCODING <= MAX_QUERY_LENGTH
