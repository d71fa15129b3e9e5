"""Pages of a list: by number for people, by cursor for programs."""

import re
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.lists.cursors import Cursor, ordering_of
from core.api.lists.filter_backend import InvalidParameters
from core.api.lists.urls import page_url

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
MAX_PAGE = 10**9
NUMBER = re.compile(r"[1-9][0-9]{0,9}")
MAX_COUNT = 10_000  # counting on, and skipping on, costs more than anybody would pay


class CatalogPagination(BasePagination):
    """`page` from 1, or `cursor`; and `page_size`. Counts exactly up to 10,000 rows."""

    parameters = ("page", "page_size", "cursor")

    def paginate_queryset(
        self, queryset: QuerySet, request: Request, view: APIView | None = None
    ) -> list[Any]:
        self.request = request
        self.size = self.number("page_size", PAGE_SIZE, MAX_PAGE_SIZE)
        if "cursor" in request.query_params:
            return self.by_cursor(queryset)
        return self.by_number(queryset)

    def by_number(self, queryset: QuerySet) -> list[Any]:
        page = self.number("page", 1, MAX_PAGE)
        if page * self.size > MAX_COUNT:
            detail = f"Pages reach the first {MAX_COUNT} rows; use a cursor."
            raise refused("page", "use-cursor", detail)
        start = (page - 1) * self.size
        rows = list(queryset[start : start + self.size + 1])
        if start and not rows:
            raise NotFound("There is no such page.")
        count = queryset.order_by()[: MAX_COUNT + 1].count()
        self.counts = {"count": min(count, MAX_COUNT), "count_is_exact": count <= MAX_COUNT}
        self.next = self.url(page=page + 1) if len(rows) > self.size else None
        self.previous = self.url(page=page - 1) if page > 1 else None
        self.first = self.url(page=1)
        return rows[: self.size]

    def by_cursor(self, queryset: QuerySet) -> list[Any]:
        if "page" in self.request.query_params:
            raise refused("page", "invalid", "Takes no page beside a cursor.")
        cursor = Cursor(ordering_of(queryset), self.binding())
        try:
            position = cursor.read(self.request.query_params["cursor"])
        except ValueError as error:
            detail = "This cursor is not one of ours, or belongs to another list."
            raise refused("cursor", "invalid-cursor", detail) from error
        rows, before, after = cursor.page(queryset, position, self.size)
        self.counts = {}
        self.next = self.url(cursor=after) if after else None
        self.previous = self.url(cursor=before) if before else None
        self.first = self.url(cursor="")
        return rows

    def binding(self) -> str:
        """Name the list: all parameters but those that only say which part of it."""
        given = self.request.query_params.lists()
        kept = sorted(
            (name, values) for name, values in given if name not in (*self.parameters, "fields")
        )
        return f"{self.request.path} {kept}"

    def number(self, name: str, default: int, maximum: int) -> int:
        value = self.request.query_params.get(name, str(default))
        if NUMBER.fullmatch(value) and int(value) <= maximum:
            return int(value)
        raise refused(name, "invalid", f"Must be a whole number from 1 to {maximum}.")

    def get_paginated_response(self, data: list[Any]) -> Response:
        links = {"next": self.next, "prev": self.previous, "first": self.first}
        link = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items() if url)
        body = {**self.counts, "next": self.next, "previous": self.previous, "results": data}
        return Response(body, headers={"Link": link})

    def url(self, **parameter: Any) -> str:
        """Return this request's URL with one parameter changed; page 1 needs none."""
        if parameter == {"page": 1}:
            return page_url(self.request, remove=("page",))
        return page_url(self.request, remove=(), **parameter)

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        def number(name: str, description: str, **bounds: int) -> dict[str, Any]:
            schema = {"type": "integer", "minimum": 1, **bounds, "examples": [2]}
            return {"name": name, "in": "query", "description": description, "schema": schema}

        pages = "The page, from 1. Pages reach the first 10,000 rows."
        cursors = "Where to go on: from `next` or `previous`, or empty to start. No page beside it."
        return [
            number("page", pages, maximum=MAX_COUNT),
            number("page_size", "Rows on a page.", maximum=MAX_PAGE_SIZE, default=PAGE_SIZE),
            {
                "name": "cursor",
                "in": "query",
                "description": cursors,
                "allowEmptyValue": True,
                "schema": {"type": "string", "examples": [""]},
            },
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        properties = {
            "count": {
                "type": "integer",
                "minimum": 0,
                "maximum": MAX_COUNT,
                "description": "The number of rows; absent on a page by cursor.",
            },
            "count_is_exact": {"type": "boolean", "description": "False where there are more."},
            "next": link,
            "previous": link,
            "results": schema,
        }
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": properties,
        }


def refused(parameter: str, code: str, detail: str) -> InvalidParameters:
    return InvalidParameters([{"parameter": parameter, "code": code, "detail": detail}])
