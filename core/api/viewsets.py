"""What products and categories have in common as resources."""

from functools import partial
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ModelViewSet

from core.api.idempotency import idempotent
from core.api.preconditions import expected_version, tag
from core.api.serializers import RestoreSerializer
from core.lookup import find_deleted, find_live
from core.models import CatalogModel


class CatalogViewSet(ModelViewSet):
    """Rows under a slug or an id, which deleting hides and restoring brings back.

    A subclass gives the rows, deleted ones too, and says what is done with them:
    `get_queryset`, `perform_create`, `perform_update`, `perform_destroy`, `perform_restore`.
    """

    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9]{1,255}"

    def get_object(self) -> CatalogModel:
        return find_live(self.get_queryset(), self.kwargs["slug"])

    def as_shown(self, row: CatalogModel) -> CatalogModel:
        """Read a row as a GET would, with all that its representation needs."""
        return self.get_queryset().get(pk=row.pk)

    def expected_version(self, row: CatalogModel) -> int | None:
        return expected_version(self.request, row)

    def get_serializer_context(self) -> dict[str, Any]:
        only = self.request.query_params.get("fields") if self.action == "list" else None
        return {**super().get_serializer_context(), "only": only}

    def get_success_headers(self, data: dict[str, Any]) -> dict[str, str]:
        return {"Location": reverse(f"{self.basename}-detail", args=[data["slug"]])}

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code in {200, 201} and response.data is not None:
            response.add_post_render_callback(partial(tag, request=request))
        return response

    @idempotent
    def create(self, request: Request) -> Response:
        return super().create(request)

    @extend_schema(request=RestoreSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def restore(self, request: Request, slug: str) -> Response:
        """Bring it back from deletion, under another slug where the body has one."""
        wanted = RestoreSerializer(data=request.data, context=self.get_serializer_context())
        wanted.is_valid(raise_exception=True)
        row = find_deleted(self.get_queryset(), slug)
        self.perform_restore(row, **wanted.validated_data)
        return Response(self.get_serializer(self.as_shown(row)).data)
