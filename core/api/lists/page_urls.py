"""URLs of the pages of a list, and the bound on their length."""

from typing import Any
from urllib.parse import quote

from django.http import QueryDict
from rest_framework.request import Request

SAFE = ",:"  # not percent-encoded: a list of a hundred ids would become a third longer
MAX_REQUEST_LINE = 8190  # what Gunicorn and nginx accept
# What is left of a request line: a cursor with a name of 255 characters, signed and in base64,
# has 2,400 bytes; the rest is for the method, the path, `page_size` and the HTTP version.
MAX_QUERY_LENGTH = 5500


def query_length(query_params: QueryDict) -> int:
    """Return the length of the parameters in a URL, in bytes, without the cursor."""
    others = query_params.copy()
    others.pop("cursor", None)
    return len(others.urlencode(safe=SAFE))


def page_url(request: Request, **changes: Any) -> str:
    """Return the absolute URL of the request with some parameters changed, sorted by name.

    `None` removes a parameter.
    """
    kept = [item for item in request.query_params.lists() if item[0] not in changes]
    changed = [(name, [str(value)]) for name, value in changes.items() if value is not None]
    query = "&".join(
        f"{quote(name, SAFE)}={quote(value, SAFE)}"
        for name, values in sorted([*kept, *changed])
        for value in values
    )
    return request.build_absolute_uri(f"{request.path}?{query}" if query else request.path)
