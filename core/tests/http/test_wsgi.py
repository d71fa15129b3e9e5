from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

from core.http.wsgi import max_body, read_bodies_whole, strip_script_name


def environ(path: str = "/", body: bytes = b"", **variables: str) -> dict[str, Any]:
    values = {"PATH_INFO": path, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    setup_testing_defaults(values | variables)
    return values | variables


class Server:
    """Records how much of the body is unread when the response starts."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self.environ = environ
        self.unread = b""

    def start_response(self, status: str, headers: list) -> None:
        self.unread = self.environ["wsgi.input"].read()


def unread(environ: dict[str, Any], read: int = 0) -> bytes:
    def application(environ: dict, start_response: Callable) -> Iterable[bytes]:
        environ["wsgi.input"].read(read)
        start_response("415 Unsupported Media Type", [])
        return []

    server = Server(environ)
    read_bodies_whole(application)(environ, server.start_response)
    return server.unread


class TestReadBodiesWhole:
    @pytest.mark.parametrize("read", [0, 1, 500_000, 1_000_000])
    def test_reads_the_rest_of_a_body(self, read):
        assert unread(environ(body=bytes(1_000_000)), read) == b""

    def test_reads_the_largest_accepted_body(self, settings):
        settings.IMAGE_MAX_BYTES = 1_000_000

        assert unread(environ(body=bytes(max_body()))) == b""

    def test_does_not_read_a_body_that_is_too_large(self, settings):
        settings.IMAGE_MAX_BYTES = 1_000_000
        body = bytes(max_body() + 1)

        assert unread(environ(body=body)) == body

    def test_does_not_read_a_chunked_body(self):
        assert unread(environ(body=b"5", HTTP_TRANSFER_ENCODING="chunked")) == b"5"

    def test_ignores_a_disconnected_client(self):
        class Gone:
            def read(self, size: int = -1) -> bytes:
                if size < 0:
                    return b"the server's own look at it"
                raise ConnectionResetError

        assert unread(environ(body=b"x") | {"wsgi.input": Gone()}, read=-1)


class TestStripScriptName:
    @pytest.mark.parametrize(
        ("path", "seen"),
        [
            ("/shop/api/products/", "/api/products/"),
            ("/api/products/", "/api/products/"),
            ("/shop/", "/"),
            ("/shop", "/"),
            ("/shopping/", "/shopping/"),
            ("/api/shop/", "/api/shop/"),
            ("/shop/shop/", "/shop/"),
            ("/", "/"),
        ],
    )
    def test_accepts_a_path_with_it_and_without(self, settings, path, seen):
        settings.FORCE_SCRIPT_NAME = "/shop"

        assert path_seen(path) == seen

    def test_changes_nothing_at_the_root(self, settings):
        settings.FORCE_SCRIPT_NAME = None

        assert path_seen("/shop/api/") == "/shop/api/"


def path_seen(path: str) -> str:
    application = strip_script_name(lambda environ, start_response: [environ["PATH_INFO"]])
    return application(environ(path), print)[0]
