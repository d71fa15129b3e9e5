"""Gunicorn alone, as under `make run`: what it does on the wire, asked with plain sockets."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic

import pytest

from config.tests.stack import ROOT, Stack, until
from core.tests.pictures import png

MEGABYTE = bytes(2**20)
KIND = {"Content-Type": "application/octet-stream"}


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[Stack]:
    server = Stack(f"sqlite:///{folder / 'db.sqlite3'}", folder, **environment)
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=server.environment, check=True)
    server.start("web")
    try:
        until(lambda: is_up(server), 60)
        yield server
    finally:
        server.stop()


def is_up(server: Stack) -> bool:
    try:
        return server.request("GET", "/health/live/").status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("gunicorn")) as server:
        yield server


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Below a path, behind a proxy that is trusted."""
    variables = {"SCRIPT_NAME": "/shop", "TRUSTED_PROXY": "True"}
    with running(tmp_path_factory.mktemp("proxied"), **variables) as server:
        yield server


def connect(server: Stack) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", server.port, timeout=20)


def exchange(server: Stack, request: str) -> str:
    """Send these bytes, and return all that comes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
        client.sendall(request.replace("\n", "\r\n").encode())
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(65_536), b"")).decode()


class TestConnection:
    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("POST", "/api/products/", 415),
            ("POST", "/api/nothing/", 404),
            ("PUT", "/api/products/", 405),
            ("POST", "/admin/login/", 403),
            ("POST", "/static/nothing.css", 404),
            ("POST", "/media/originals/00/x.jpg", 403),
            ("GET", "/api/products/", 200),
        ],
    )
    def test_serves_the_next_request_after_a_body_that_nobody_read(
        self, server, method, path, status
    ):
        connection = connect(server)
        for _ in range(10):
            connection.request(method, path, MEGABYTE, KIND)
            response = connection.getresponse()
            response.read()
            assert (response.status, response.will_close) == (status, False)

            connection.request("GET", "/health/live/")
            assert connection.getresponse().read() == b'{"status":"ok"}'

    def test_is_closed_after_a_body_that_is_too_large(self, server):
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
            start = monotonic()
            head = "PUT /api/products/mug/image/ HTTP/1.1\r\nHost: localhost\r\n"
            client.sendall(f"{head}Content-Length: 600000000\r\n\r\n".encode() + MEGABYTE[:1000])
            answer = client.recv(65_536).decode()

        assert answer.startswith("HTTP/1.1 413")
        assert "Connection: close" in answer
        assert monotonic() - start < 2

    def test_says_that_it_closes_after_chunks(self, server):
        head = "PUT /api/products/ HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\n"

        assert "Connection: close" in exchange(server, f"{head}2\n{{}}\n0\n\n")


class TestHost:
    @pytest.mark.parametrize("path", ["/", "/api/products/", "/health/live/", "/static/x"])
    def test_is_required_in_http_1_1(self, server, path):
        assert exchange(server, f"GET {path} HTTP/1.1\n\n").startswith("HTTP/1.1 400")

    def test_is_not_required_in_http_1_0(self, server):
        assert exchange(server, "GET /health/live/ HTTP/1.0\n\n").startswith("HTTP/1.0 200")


class TestForwardedHeaders:
    @pytest.mark.parametrize(
        "header",
        [
            "X-Forwarded-Proto: https",
            "X-Forwarded-Ssl: on",
            "X-Forwarded-Protocol: ssl",
            "X-Forwarded-Host: evil.example",
            "X-Forwarded-Port: 8443",
            "Forwarded: proto=https;host=evil.example",
            "SCRIPT_NAME: /x",
            "Script-Name: /x",
            "PATH_INFO: /admin/",
            "REMOTE_USER: root",
        ],
    )
    def test_are_ignored_without_a_trusted_proxy(self, server, header):
        get = "GET /api/categories/?cursor= HTTP/1.1\nHost: localhost:1\nConnection: close\n"

        answer = exchange(server, f"{get}{header}\n\n")

        assert answer.startswith("HTTP/1.1 200")
        assert '<http://localhost:1/api/categories/?cursor=>; rel="first"' in answer

    def test_are_believed_of_a_trusted_proxy(self, proxied):
        get = "GET /api/categories/?cursor= HTTP/1.1\nHost: internal\nConnection: close\n"
        headers = "X-Forwarded-Proto: https\nX-Forwarded-Host: shop.example.com, edge.internal\n"

        answer = exchange(proxied, f"{get}{headers}X-Forwarded-Port: 8443\n\n")

        assert "<https://shop.example.com:8443/shop/api/categories/?cursor=>" in answer


@pytest.mark.parametrize("prefix", ["", "/shop"], ids=["removed by the proxy", "left by the proxy"])
class TestScriptName:
    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/api/docs/",
            "/api/redoc/",
            "/api/schema/",
            "/api/categories",
            "/api/categories/tree/",
            "/admin/login/",
            "/static/admin/css/base.css",
            "/health/",
            "/health",
        ],
    )
    def test_serves_every_page(self, proxied, prefix, path):
        assert proxied.request("GET", prefix + path).status == 200

    def test_returns_urls_below_it(self, proxied, prefix):
        body = {"name": f"Mugs {prefix.strip('/')}"}
        created = proxied.request("POST", f"{prefix}/api/categories/", body)
        assert created.status == 201
        location = created.headers["Location"]

        assert location.startswith("/shop/api/categories/mugs")
        assert proxied.request("GET", location).status == 200

    def test_changes_slugs_and_leads_on_to_the_new_one(self, proxied, prefix):
        slug = f"pots{prefix.strip('/')}"
        for name in (slug, slug.upper()):
            proxied.request("POST", f"{prefix}/api/categories/", {"name": name, "slug": slug})

        changed = proxied.request(
            "PATCH", f"{prefix}/api/categories/{slug}/", {"slug": f"{slug}-new"}
        )
        former = proxied.request("GET", f"{prefix}/api/categories/{slug}/")

        assert changed.json["slug"] == former.json["slug"] == f"{slug}-new"
        tree = {"name": "Tree", "slug": "tree"}
        assert proxied.request("POST", f"{prefix}/api/categories/", tree).status == 400

    def test_serves_images_below_it(self, proxied, prefix):
        product = proxied.create_product(png()).json
        assert product["image"].startswith(f"{proxied.url}/shop/media/")

        path = product["image"].removeprefix(f"{proxied.url}/shop")
        assert proxied.request("GET", prefix + path).status == 200

    def test_names_itself_in_the_schema_and_in_pages(self, proxied, prefix):
        headers = {"Accept": "application/json"}
        schema = proxied.request("GET", f"{prefix}/api/schema/", **headers).json
        docs = proxied.request("GET", f"{prefix}/api/docs/").content.decode()
        login = proxied.request("GET", f"{prefix}/admin/login/").content.decode()

        assert schema["servers"][0]["url"] == "/shop"
        assert all(path.startswith("/") and "shop" not in path for path in schema["paths"])
        assert "/shop/api/schema/" in docs
        assert 'src="/static' not in docs
        assert "/shop/static/admin/css/base.css" in login
        links = json.loads(proxied.request("GET", f"{prefix}/", **headers).content)["links"]
        assert all("/shop/" in link["url"] for link in links if link["title"] != "Flower")


class TestAccessLog:
    @pytest.mark.parametrize(
        "request_id", ['a] 1.2.3.4 "GET /admin/', 'a" 1.2.3.4 "', "a\\", "[x]", "%5D"]
    )
    def test_shows_a_request_id_as_one_word(self, server, request_id):
        answer = server.request("GET", "/api/nothing/", X_Request_ID=request_id)
        assert answer.headers["X-Request-ID"] == request_id

        lines = (server.folder / "web.log").read_text().splitlines()
        (access,) = [line for line in lines if "access" in line][-1:]

        shown, address, method, *_ = access.split(" access [")[1].split()
        assert shown.endswith("]")
        assert '"' not in shown
        assert (address, method) == ("127.0.0.1", '"GET')
