"""The request id in every log line, and escaping of what clients sent."""

import logging
from contextvars import ContextVar
from urllib.parse import quote

request_id: ContextVar[str] = ContextVar("request_id", default="-")


def escape_log_value(text: str) -> str:
    """Escape text of a client (`%20` for a space), so that it cannot imitate other fields."""
    return quote(text, safe="/:;=+@,~!*$&'")


class RequestIdFilter(logging.Filter):
    """Adds the id of the current request to a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs its own line about a response when the middleware has finished.
        request = getattr(record, "request", None)
        record.request_id = escape_log_value(getattr(request, "id", None) or request_id.get())
        return True
