"""Pagination by page number, for people, and by cursor, for programs."""

import re
from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.errors.api_errors import CursorRequired, InvalidCursor
from core.api.lists.cursors import Cursor
from core.api.lists.listings import Listing
from core.api.lists.page_urls import page_url
from core.api.query_parameters import parameter_error
from core.db.merge_append import first_rows

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
MAX_PAGE = 10**9
POSITIVE_INT = re.compile(r"[1-9][0-9]{0,9}")
MAX_COUNT = 10_000  # the cost of COUNT and of OFFSET grows with the number of rows


class CatalogPagination(BasePagination):
    """Paginates by `page` (from 1) or `cursor`, with `page_size` rows a page.

    By page, rows are counted exactly up to `MAX_COUNT`, and two queries are executed; by cursor,
    rows are not counted, and there is one query. Raises `InvalidParameters` and `NotFound`.
    """

    parameters = ("page", "page_size", "cursor")

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        """Return the rows of a page of a `Listing`, or of any queryset."""
        self.request = request
        listing = queryset if isinstance(queryset, Listing) else Listing(queryset)
        self.page_size = self.positive_int("page_size", PAGE_SIZE, MAX_PAGE_SIZE)
        if "cursor" in request.query_params:
            return self.paginate_by_cursor(listing)
        return self.paginate_by_page(listing)

    def paginate_by_page(self, listing: Listing) -> list[Any]:
        """Return the rows of a numbered page; one row more is read to know if there is a next."""
        page = self.positive_int("page", 1, MAX_PAGE)
        if page * self.page_size > MAX_COUNT:
            detail = f"Page numbers reach only the first {MAX_COUNT} rows; use a cursor."
            raise parameter_error("page", CursorRequired.code, detail)
        start = (page - 1) * self.page_size
        stop = start + self.page_size + 1
        rows = listing.fetch(
            ("page", start, stop), lambda queryset, _: first_rows(queryset, stop)[start:stop]
        )
        if start and not rows:
            raise NotFound("The page does not exist.")
        count = listing.count(MAX_COUNT + 1)
        self.counts = {"count": min(count, MAX_COUNT), "count_is_exact": count <= MAX_COUNT}
        self.next_url = self.page_number_url(page + 1) if len(rows) > self.page_size else None
        self.previous_url = self.page_number_url(page - 1) if page > 1 else None
        self.first_url = self.page_number_url(1)
        return rows[: self.page_size]

    def paginate_by_cursor(self, listing: Listing) -> list[Any]:
        """Return the rows after or before a cursor; an empty cursor is the start of the list."""
        if "page" in self.request.query_params:
            raise parameter_error("page", "invalid", "Must not be combined with `cursor`.")
        cursor = Cursor(listing.ordering, self.cursor_scope())
        try:
            position = cursor.decode(self.request.query_params["cursor"])
        except ValueError as error:
            detail = "Invalid cursor, or a cursor of a list with another filter or ordering."
            raise parameter_error("cursor", InvalidCursor.code, detail) from error
        page = cursor.paginate(listing, position, self.page_size)
        self.counts = {}
        self.next_url = page_url(self.request, cursor=page.next) if page.next else None
        self.previous_url = page_url(self.request, cursor=page.previous) if page.previous else None
        self.first_url = page_url(self.request, cursor="")
        return page.rows

    def cursor_scope(self) -> str:
        """Return the path and all parameters that select or order rows, in a stable order."""
        selecting = sorted(
            (name, values)
            for name, values in self.request.query_params.lists()
            if name not in (*self.parameters, "fields")
        )
        return f"{self.request.path} {selecting}"

    def positive_int(self, name: str, default: int, maximum: int) -> int:
        """Return a parameter's value, from 1 to the maximum. Raise `InvalidParameters`."""
        value = self.request.query_params.get(name, str(default))
        if POSITIVE_INT.fullmatch(value) and int(value) <= maximum:
            return int(value)
        detail = f"Must be an integer from 1 to {maximum}."
        raise parameter_error(name, "invalid", detail)

    def get_paginated_response(self, data: list[Any]) -> Response:
        """Return the page, with its neighbors in the body and in `Link` (RFC 8288)."""
        relations = {"next": self.next_url, "prev": self.previous_url, "first": self.first_url}
        link = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in relations.items() if url)
        neighbors = {"next": self.next_url, "previous": self.previous_url}
        return Response({**self.counts, **neighbors, "results": data}, headers={"Link": link})

    def page_number_url(self, page: int) -> str:
        """Return the URL of this request with another page number; page 1 has none."""
        return page_url(self.request, page=page if page > 1 else None)

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        def integer(name: str, description: str, **bounds: int) -> dict[str, Any]:
            schema = {"type": "integer", "minimum": 1, **bounds, "examples": [2]}
            return {"name": name, "in": "query", "description": description, "schema": schema}

        page = "The page number, from 1. Page numbers reach only the first 10,000 rows."
        cursor = "A cursor from `next` or `previous`, or empty for the first page. Without `page`."
        return [
            integer("page", page, maximum=MAX_COUNT),
            integer(
                "page_size",
                "The number of rows on a page.",
                maximum=MAX_PAGE_SIZE,
                default=PAGE_SIZE,
            ),
            {
                "name": "cursor",
                "in": "query",
                "description": cursor,
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
                "description": "The number of rows; absent if `cursor` is given.",
            },
            "count_is_exact": {
                "type": "boolean",
                "description": "False if there are more rows than `count`.",
            },
            "next": link,
            "previous": link,
            "results": schema,
        }
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": properties,
        }
