"""What every log line carries."""

import logging
from contextvars import ContextVar
from urllib.parse import quote

request_id: ContextVar[str] = ContextVar("request_id", default="-")


def as_token(text: str) -> str:
    """Escape a caller's text (`%20` for a space), so that it cannot look like other fields."""
    return quote(text, safe="/:;=+@,~!*$&'")


class RequestIdFilter(logging.Filter):
    """Names the request that a record was written for."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django writes its own line about an answer when the middleware is through already.
        request = getattr(record, "request", None)
        record.request_id = as_token(getattr(request, "id", None) or request_id.get())
        return True
