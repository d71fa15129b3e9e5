import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory

from core.http.requests import Utf8Request


def request_with(content_type: str) -> Utf8Request:
    environ = RequestFactory().generic("POST", "/api/products/?search=caf%C3%A9", b"x").environ
    return Utf8Request(environ | {"CONTENT_TYPE": content_type})


class TestUtf8Request:
    @pytest.mark.parametrize("charset", ["latin-1", "utf-16", "hex", "undefined", "no-such"])
    def test_decodes_the_query_as_utf_8(self, charset: str):
        request = request_with(f"image/png; charset={charset}")

        assert request.GET["search"] == "caf\u00e9"
        assert request.content_type == "image/png"
        assert request.content_params == {"charset": charset}

    def test_has_no_content_type_where_it_cannot_be_parsed(self):
        malformed = "application/json; x*=no-such''y"
        with pytest.raises(ValueError, match="no-such"):
            WSGIRequest(request_with("").environ | {"CONTENT_TYPE": malformed})

        request = request_with(malformed)

        assert (request.content_type, request.content_params) == ("", {})
        assert request.META["CONTENT_TYPE"] == ""
