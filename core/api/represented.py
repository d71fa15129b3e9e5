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
from core.db.compiled import Parameter, compiled


class RepresentedMixin(GenericViewSet):
    """Lists and retrieves rows by a `Representation`, which spells fields as the serializer does.

    A list whose parameters are invalid, or new in each request, is filtered as DRF does it.
    """

    representation: ClassVar[Representation]
    filterset_class: Any
    paginator: Any

    def list(self, request: Request) -> Response:
        # No docstring: the OpenAPI document would show it.
        criteria = self.prepared_criteria()
        listing = self.prepared_listing(criteria) if criteria else self.filtered_listing()
        page = self.paginator.paginate_queryset(listing, request, self)
        results = self.representation.represent(page, self.field_names(), request)
        return self.get_paginated_response(results)

    def retrieve(self, request: Request, slug: str) -> Response:
        # No docstring: the OpenAPI document would show it.
        if self.has_object_permissions():
            return Response(self.get_serializer(self.get_object()).data)
        lookup = "id" if slugs.is_uuid(slug) else "slug"
        names = list(self.representation.fields)

        def select_row() -> QuerySet:
            rows: Any = self.get_queryset()
            field: Any = rows.model._meta.get_field(lookup)
            columns = self.representation.columns(names)
            return rows.live().filter(**{lookup: Parameter("slug", field)}).values_list(*columns)

        rows = compiled((type(self), lookup), select_row).fetch({"slug": slug})
        if not rows:
            self.get_object()  # raises an error that says why
        (result,) = self.representation.represent(rows, names, request)
        return Response(result)

    def has_object_permissions(self) -> bool:
        """Return whether a permission looks at the object, which is a model instance for it."""
        default = BasePermission.has_object_permission
        return any(
            getattr(permission, "has_object_permission", default) is not default
            for permission in self.permission_classes
        )

    def prepared_criteria(self) -> PreparedCriteria | None:
        others = {*self.paginator.parameters, "fields"}
        unknown = set(requested_fields(self.request.query_params)) - set(self.representation.fields)
        return None if unknown else prepared_criteria(self.request, self.filterset_class, others)

    def prepared_listing(self, criteria: PreparedCriteria) -> PreparedListing:
        columns = self.representation.columns(self.field_names(), criteria.ordering)
        shape = Shape((type(self), criteria.key), columns, criteria.ordering)
        return PreparedListing(shape, criteria.values, lambda: criteria.apply(self.get_queryset()))

    def filtered_listing(self) -> PreparedListing:
        queryset = super().filter_queryset(self.get_queryset())
        ordering = tuple(map(str, queryset.query.order_by))
        columns = self.representation.columns(self.field_names(), ordering)
        return PreparedListing(Shape(None, columns, ordering), {}, lambda: queryset)

    def field_names(self) -> Sequence[str]:
        """Return the fields that the list shows, in the order of the representation."""
        requested = requested_fields(self.request.query_params)
        wanted = {"id", "slug", *requested} if requested else self.representation.fields
        return [name for name in self.representation.fields if name in wanted]
