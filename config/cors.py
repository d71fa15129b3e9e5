"""Headers that scripts of other origins may send and read: those that the API documents."""

from corsheaders.defaults import default_headers

ALLOWED_HEADERS = [
    *default_headers,
    "idempotency-key",
    "if-match",
    "if-none-match",
    "if-range",
    "range",
    "x-request-id",
]
EXPOSED_HEADERS = [
    "Accept-Ranges",
    "Allow",
    "Content-Range",
    "ETag",
    "Idempotent-Replayed",
    "Link",
    "Location",
    "Retry-After",
    "X-Request-ID",
]
