"""Pages of a list, by number."""

import re
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from core.api.filters import InvalidParameters

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
MAX_PAGE = 10**9
NUMBER = re.compile(r"[1-9][0-9]{0,9}")
MAX_COUNT = 10_000  # counting on, and skipping on, costs more than anybody would pay


class PagePagination(BasePagination):
    """`page` from 1, and `page_size`. Counts exactly up to 10,000 rows."""

    parameters = ("page", "page_size")

    def paginate_queryset(
        self, queryset: QuerySet, request: Request, view: APIView | None = None
    ) -> list[Any]:
        self.request = request
        size = self.number("page_size", PAGE_SIZE, MAX_PAGE_SIZE)
        self.page = self.number("page", 1, MAX_PAGE)
        if self.page * size > MAX_COUNT:
            detail = f"Pages reach the first {MAX_COUNT} rows; use a cursor."
            raise InvalidParameters([{"parameter": "page", "code": "use-cursor", "detail": detail}])
        start = (self.page - 1) * size
        rows = list(queryset[start : start + size + 1])
        if start and not rows:
            raise NotFound("There is no such page.")
        self.has_next = len(rows) > size
        self.count = queryset.order_by()[: MAX_COUNT + 1].count()
        return rows[:size]

    def number(self, name: str, default: int, maximum: int) -> int:
        value = self.request.query_params.get(name, str(default))
        if NUMBER.fullmatch(value) and int(value) <= maximum:
            return int(value)
        detail = f"Must be a whole number from 1 to {maximum}."
        raise InvalidParameters([{"parameter": name, "code": "invalid", "detail": detail}])

    def get_paginated_response(self, data: list[Any]) -> Response:
        links = {
            "next": self.url(self.page + 1) if self.has_next else None,
            "prev": self.url(self.page - 1) if self.page > 1 else None,
            "first": self.url(1),
        }
        link = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items() if url)
        body = {
            "count": min(self.count, MAX_COUNT),
            "count_is_exact": self.count <= MAX_COUNT,
            "next": links["next"],
            "previous": links["prev"],
            "results": data,
        }
        return Response(body, headers={"Link": link})

    def url(self, page: int) -> str:
        here = self.request.build_absolute_uri()
        return (
            remove_query_param(here, "page")
            if page == 1
            else replace_query_param(here, "page", page)
        )

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": "page",
                "in": "query",
                "description": "The page, from 1. Pages reach the first 10,000 rows.",
                "schema": {"type": "integer", "minimum": 1, "default": 1},
            },
            {
                "name": "page_size",
                "in": "query",
                "description": "Rows on a page.",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_PAGE_SIZE,
                    "default": PAGE_SIZE,
                },
            },
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        properties = {
            "count": {"type": "integer", "minimum": 0, "maximum": MAX_COUNT},
            "count_is_exact": {"type": "boolean"},
            "next": link,
            "previous": link,
            "results": schema,
        }
        return {"type": "object", "required": list(properties), "properties": properties}
