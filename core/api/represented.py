"""Reads of a view set by compiled queries, where serializers and model instances take too long."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from core import slugs
from core.api.lists.criteria import PreparedCriteria, prepared_criteria
from core.api.lists.filter_backend import requested_fields
from core.api.lists.listings import PreparedListing, Shape
from core.api.representation import Representation
from core.db.compiled import Parameter, Row, compiled


class RepresentedMixin(GenericViewSet):
    """Lists and retrieves rows by a `Representation`, which spells fields as the serializer does.

    A list whose parameters are invalid, or new in each request, is filtered as DRF does it.
    """

    representation: ClassVar[Representation]
    filterset_class: Any
    paginator: Any

    def list(self, request: Request) -> Response:
        # No docstring: the OpenAPI document would show it.
        names = self.field_names()
        if criteria := self.prepared_criteria():
            listing = self.prepared_listing(criteria, names)
        else:
            listing = self.filtered_listing(names)
        page = self.paginator.paginate_queryset(listing, request, self)
        results = self.representation.represent(page, names, request)
        return self.get_paginated_response(results)

    def retrieve(self, request: Request, slug: str) -> Response:
        # No docstring: the OpenAPI document would show it.
        names = list(self.representation.fields)
        rows = [] if self.has_object_permissions() else self.fetch_live(slug, names)
        if rows:
            (result,) = self.representation.represent(rows, names, request)
            return Response(result)
        # Raises an error that says why there is none; unless a permission has to see the object,
        # or it was restored a moment ago.
        return Response(self.get_serializer(self.get_object()).data)

    def fetch_live(self, slug_or_id: str, names: Sequence[str]) -> Sequence[Row]:
        """Return the columns of the live row with this slug or id, if there is one."""
        lookup = "id" if slugs.is_uuid(slug_or_id) else "slug"

        def select_row() -> QuerySet:
            rows: Any = self.get_queryset()
            field: Any = rows.model._meta.get_field(lookup)
            columns = self.representation.columns(names)
            return rows.live().filter(**{lookup: Parameter("key", field)}).values_list(*columns)

        return compiled((type(self), lookup), select_row).fetch({"key": slug_or_id})

    def has_object_permissions(self) -> bool:
        """Return whether a permission looks at the object, which is a model instance for it."""
        default = BasePermission.has_object_permission
        permissions = self.get_permissions()
        return any(type(one).has_object_permission is not default for one in permissions)

    def prepared_criteria(self) -> PreparedCriteria | None:
        others = {*self.paginator.parameters, "fields"}
        unknown = set(requested_fields(self.request.query_params)) - set(self.representation.fields)
        return None if unknown else prepared_criteria(self.request, self.filterset_class, others)

    def prepared_listing(self, criteria: PreparedCriteria, names: Sequence[str]) -> PreparedListing:
        columns = self.representation.columns(names, criteria.ordering)
        shape = Shape((type(self), criteria.key), columns, criteria.ordering)
        return PreparedListing(shape, criteria.values, lambda: criteria.apply(self.get_queryset()))

    def filtered_listing(self, names: Sequence[str]) -> PreparedListing:
        queryset = super().filter_queryset(self.get_queryset())
        ordering = tuple(map(str, queryset.query.order_by))
        columns = self.representation.columns(names, ordering)
        return PreparedListing(Shape(None, columns, ordering), {}, lambda: queryset)

    def field_names(self) -> Sequence[str]:
        """Return the fields that the list shows, in the order of the representation."""
        requested = requested_fields(self.request.query_params)
        wanted = {"id", "slug", *requested} if requested else self.representation.fields
        return [name for name in self.representation.fields if name in wanted]
