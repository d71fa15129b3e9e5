"""The view set that products and categories share."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, ClassVar, TypeVar, cast

from django.db.models import QuerySet
from django.urls import reverse
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ModelViewSet

from core.api.caching import CachedResponses
from core.api.errors.api_errors import CursorRequired, InvalidCursor, UnknownParameter
from core.api.etags import apply_etag, compute_etag, expected_version
from core.api.idempotency import Attempt, idempotent
from core.api.lists.filter_backend import requested_fields
from core.api.lists.listings import ordering_terms
from core.api.parsers import StrictJSONParser
from core.api.query_parameters import StrictParametersView
from core.api.renderers import render_json
from core.api.serializers import MAX_RENAMED, CatalogSerializer, RestoreSerializer
from core.db.columns import select_columns
from core.errors import CatalogError, InvalidRequest, NotFound, VersionMismatch
from core.models import CatalogModel, CatalogQuerySet
from core.selectors import get_deleted, get_live

ModelT = TypeVar("ModelT", bound=CatalogModel)


class CatalogViewSet(CachedResponses, StrictParametersView, ModelViewSet[ModelT], ABC):
    """List, create, retrieve, update, delete and restore rows, identified by slug or id.

    A subclass defines `perform_create`, `perform_update`, `perform_destroy` and
    `perform_restore`, which call its services.
    """

    # Without OPTIONS: a middleware handles CORS, and the OpenAPI document describes the rest.
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    restore_serializer_class: type[RestoreSerializer] = RestoreSerializer
    # Of each action, for the OpenAPI document, beside those that follow from method and path.
    problem_types: ClassVar[dict[str, Sequence[type[CatalogError]]]] = {
        "list": (UnknownParameter, InvalidRequest, InvalidCursor, CursorRequired, NotFound),
    }
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9]{1,255}"

    @abstractmethod
    def get_queryset(self) -> CatalogQuerySet[ModelT]:
        """Return all rows, deleted ones too, with what their representation needs."""

    @abstractmethod
    def perform_restore(self, instance: ModelT, **values: Any) -> list[dict[str, Any]]:
        """Restore a deleted row. Return what was renamed, as the response lists it."""

    def get_object(self) -> ModelT:
        """Return the live row of the URL. Raises `PermissionDenied`, and as `get_live` does."""
        row = get_live(self.get_queryset(), self.kwargs["slug"])
        self.check_object_permissions(self.request, row)
        return row

    def reload(self, row: ModelT) -> ModelT:
        """Return the row as a GET would read it, with what its representation needs."""
        return self.get_queryset().get(pk=row.pk)

    def expected_version(self, row: ModelT) -> int | None:
        """Return the version in `If-Match`, which the service compares when it writes."""
        return expected_version(self.request, row)

    def get_serializer_context(self) -> dict[str, Any]:
        is_list = self.action == "list"
        fields = requested_fields(self.request.query_params) if is_list else []
        return {**super().get_serializer_context(), "requested_fields": fields}

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Return the filtered rows, with the columns only that the list shows or is ordered by."""
        queryset = super().filter_queryset(queryset)
        ordered_by = [term.field for term in ordering_terms(queryset)]
        serializer = cast(CatalogSerializer, self.get_serializer())
        return select_columns(queryset, [*serializer.columns(), *ordered_by])

    def get_success_headers(self, data: Mapping[str, Any]) -> dict[str, str]:
        return {"Location": reverse(f"{self.basename}-detail", args=[data["slug"]])}

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code in {200, 201} and response.data is not None:
            response.add_post_render_callback(partial(apply_etag, request=request))
        return response

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        if isinstance(exc, VersionMismatch) and (etag := self.current_etag()):
            response["ETag"] = etag
        return response

    def current_etag(self) -> str | None:
        """Return the ETag that a GET would have now, or None if the row is not live."""
        row = self.get_queryset().live().by_slug_or_id(self.kwargs["slug"]).first()
        if row is None:
            return None
        data = self.get_serializer(row).data
        return compute_etag(data, render_json(data))

    def stored_files(self, serializer: BaseSerializer[ModelT]) -> AbstractContextManager[None]:
        """Store the files in the validated data, before the transaction in this context."""
        return nullcontext()

    def create(self, request: Request) -> Response:
        # No docstring: the OpenAPI document would show it.
        with Attempt.begin(request) as attempt:
            if attempt.replayed:
                return attempt.replayed
            serializer = self.get_serializer(data=request.data)
            serializer.is_valid(raise_exception=True)
            with self.stored_files(serializer), attempt.transaction():
                self.perform_create(serializer)
                headers = self.get_success_headers(serializer.data)
                response = Response(serializer.data, status=201, headers=headers)
                attempt.store(response)
        return response

    @action(detail=True, methods=["post"], parser_classes=[StrictJSONParser])
    @idempotent
    def restore(self, request: Request, slug: str) -> Response:
        """Restore a deleted object, under another slug if the body has one."""
        serializer = self.restore_serializer_class(
            data=request.data, context=self.get_serializer_context()
        )
        serializer.is_valid(raise_exception=True)
        row = get_deleted(self.get_queryset(), slug)
        self.check_object_permissions(request, row)
        renamed = self.perform_restore(row, **serializer.validated_data)
        data = self.get_serializer(self.reload(row)).data
        if serializer.validated_data["rename_conflicts"]:
            data = {**data, "renamed": renamed[:MAX_RENAMED]}
            if len(renamed) > MAX_RENAMED:
                data["more_renamed"] = len(renamed) - MAX_RENAMED
        return Response(data)
