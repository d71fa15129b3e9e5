from wsgiref.util import setup_testing_defaults

import pytest

from config.wsgi import application

pytestmark = pytest.mark.django_db


def get(path: str, kind: str) -> str:
    """Ask as Gunicorn would, and give the status."""
    environ = {"PATH_INFO": path, "QUERY_STRING": "a=%C3%A9", "CONTENT_TYPE": kind}
    setup_testing_defaults(environ)
    environ |= {"HTTP_HOST": "testserver", "SERVER_NAME": "testserver"}
    statuses = []
    application(environ, lambda status, headers: statuses.append(status)).close()
    return statuses[0]


class TestApplication:
    @pytest.mark.parametrize("charset", ["undefined", "hex", "zlib", "idna", "utf-16", "\xff", ""])
    def test_refuses_what_is_no_charset_of_ours(self, charset: str):
        assert get("/health/live/", f"text/plain; charset={charset}").startswith("415")

    @pytest.mark.parametrize("kind", ["", "text/plain", "a/b; charset=utf-8", "a/b; charset=UTF8"])
    def test_takes_utf_8(self, kind: str):
        assert get("/health/live/", kind).startswith("200")
