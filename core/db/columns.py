"""Restrict the columns that a query reads."""

from collections.abc import Collection
from typing import TypeVar

from django.db.models import Model, QuerySet

from core.db.search import SearchTextField

QuerySetT = TypeVar("QuerySetT", bound=QuerySet)


def stored_columns(model: type[Model]) -> list[str]:
    """Return the names of all columns, except those that only the database reads."""
    fields = model._meta.concrete_fields
    return [field.name for field in fields if not isinstance(field, SearchTextField)]


def select_columns(queryset: QuerySetT, columns: Collection[str]) -> QuerySetT:
    """Return the query of these columns only, with joins for columns such as `parent__slug`."""
    relations = {column.rpartition("__")[0] for column in columns} - {""}
    queryset = queryset.select_related(None).only(*columns)
    return queryset.select_related(*sorted(relations)) if relations else queryset
