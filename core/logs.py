"""What every log line carries."""

import logging
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdFilter(logging.Filter):
    """Names the request that a record was written for."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django writes its own line about an answer when the middleware is through already.
        request = getattr(record, "request", None)
        record.request_id = getattr(request, "id", None) or request_id.get()
        return True
