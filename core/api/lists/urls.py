"""The URLs of the pages of a list, and how long the query of one may be."""

from typing import Any

from django.http import QueryDict
from rest_framework.request import Request

SAFE = ",:"  # as they are, a list of a hundred ids is not a third longer in the next URL
MAX_REQUEST_LINE = 8190  # what Gunicorn and nginx accept
# A cursor holds a name of 255 characters at most, signed and in base64: 2,400 bytes.
# Around it stand the method, the path, `page_size` and the version of HTTP.
MAX_QUERY_LENGTH = 5500


def query_length(query: QueryDict) -> int:
    """Count the bytes that these parameters have in the URL of a page, its cursor apart."""
    rest = query.copy()
    rest.pop("cursor", None)
    return len(rest.urlencode(safe=SAFE))


def page_url(request: Request, remove: tuple[str, ...], **parameters: Any) -> str:
    """Return the absolute URL of the request with other parameters, in a steady order."""
    query = request.query_params.copy()
    for name in remove:
        query.pop(name, None)
    for name, value in parameters.items():
        query[name] = value
    ordered = QueryDict(mutable=True)
    for name in sorted(query):
        ordered.setlist(name, query.getlist(name))
    text = ordered.urlencode(safe=SAFE)
    return request.build_absolute_uri(f"{request.path}?{text}" if text else request.path)
