"""The request class of the WSGI application."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.utils.http import parse_header_parameters

UTF_8_CHARSETS = {"utf-8", "utf8", "us-ascii"}  # in lower case


class Utf8Request(WSGIRequest):
    """A request in UTF-8, whatever charset its `Content-Type` has.

    Django sets the encoding of the query string by the charset of the body while it creates the
    request, so an exception there is caught by no middleware. Python knows codecs that are no
    charsets (`hex`, `undefined`), and a parameter as of RFC 2231 may name an unknown one.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            parsed = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:
            meta["CONTENT_TYPE"] = ""  # for DRF too: unsupported for every body
            parsed = "", {}
        self.content_type, self.content_params = parsed
