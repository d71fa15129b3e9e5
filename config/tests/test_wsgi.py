import subprocess
import sys
from wsgiref.util import setup_testing_defaults

import pytest

from config.environment.values import ROOT
from config.wsgi import application

pytestmark = pytest.mark.django_db


def get(path: str, content_type: str) -> str:
    """Call the application as Gunicorn does, and return the status."""
    environ = {"PATH_INFO": path, "QUERY_STRING": "a=%C3%A9", "CONTENT_TYPE": content_type}
    setup_testing_defaults(environ)
    environ |= {"HTTP_HOST": "testserver", "SERVER_NAME": "testserver"}
    statuses = []
    application(environ, lambda status, headers: statuses.append(status)).close()
    return statuses[0]


class TestApplication:
    @pytest.mark.parametrize("charset", ["undefined", "hex", "zlib", "idna", "utf-16", "\xff", ""])
    def test_rejects_any_other_charset(self, charset: str):
        assert get("/health/live/", f"text/plain; charset={charset}").startswith("415")

    @pytest.mark.parametrize(
        "content_type", ["", "text/plain", "a/b; charset=utf-8", "a/b; charset=UTF8"]
    )
    def test_accepts_utf_8(self, content_type: str):
        assert get("/health/live/", content_type).startswith("200")

    def test_has_loaded_the_views_before_a_request(self):
        """Gunicorn's workers share what is loaded before they are forked."""
        code = "import sys, config.wsgi; print(*sys.modules)"

        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
        )

        assert {"products.views", "products.admin"} <= set(done.stdout.split())
