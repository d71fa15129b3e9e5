"""Which columns a query reads."""

from collections.abc import Collection
from typing import TypeVar

from django.db.models import Model, QuerySet

from core.db.search import SearchTextField

QuerySetT = TypeVar("QuerySetT", bound=QuerySet)


def stored_columns(model: type[Model]) -> list[str]:
    """Return the names of all columns, but those that are for the database alone."""
    fields = model._meta.concrete_fields
    return [field.name for field in fields if not isinstance(field, SearchTextField)]


def select_columns(queryset: QuerySetT, columns: Collection[str]) -> QuerySetT:
    """Read these columns only, `parent__slug` for one of a relation, with the joins they need."""
    relations = {column.rpartition("__")[0] for column in columns} - {""}
    queryset = queryset.select_related(None).only(*columns)
    return queryset.select_related(*sorted(relations)) if relations else queryset
