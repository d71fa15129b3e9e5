"""What clients meet before Django: Gunicorn alone as under `make run`, and nginx in front of it."""

import gzip
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic

import pytest

from config.tests.stack import HAS_NGINX, ROOT, Stack, until
from core import media
from core.storage import CACHE_CONTROL
from core.tests.pictures import jpeg, png

MEGABYTE = bytes(2**20)
KIND = {"Content-Type": "application/octet-stream"}


SERVERS = [
    "gunicorn",
    pytest.param("nginx", marks=pytest.mark.skipif(not HAS_NGINX, reason="nginx is not installed")),
]


@contextmanager
def running(kind: str, folder: Path, **environment: str) -> Iterator[Stack]:
    server = Stack(f"sqlite:///{folder / 'db.sqlite3'}", folder, **environment)
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=server.environment, check=True)
    if kind == "nginx":
        server.put_nginx_in_front()
    server.start("web", *server.programs)
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


@pytest.fixture(scope="module", params=SERVERS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    with running(request.param, tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="module", params=SERVERS)
def proxied(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """Below a path, behind a proxy that is trusted."""
    variables = {"SCRIPT_NAME": "/shop", "TRUSTED_PROXY": "True"}
    with running(request.param, tmp_path_factory.mktemp("proxied"), **variables) as server:
        yield server


def connect(server: Stack) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", server.port, timeout=20)


def exchange(server: Stack, request: str) -> str:
    """Send these bytes, and return all that comes until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
        client.sendall(request.replace("\n", "\r\n").encode())
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

    def test_says_that_it_closes_after_chunks_where_nobody_counts_them_first(self, server):
        if "nginx" in server.programs:
            pytest.skip("nginx gives Gunicorn a length")
        head = "PUT /api/products/ HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\n"

        assert "Connection: close" in exchange(server, f"{head}2\n{{}}\n0\n\n")


class TestHost:
    @pytest.mark.parametrize("path", ["/", "/api/products/", "/health/live/", "/static/x"])
    def test_is_required_in_http_1_1(self, server, path):
        assert exchange(server, f"GET {path} HTTP/1.1\n\n").startswith("HTTP/1.1 400")

    def test_is_not_required_in_http_1_0(self, server):
        assert exchange(server, "GET /health/live/ HTTP/1.0\n\n").split()[1] == "200"


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


class TestRequestId:
    @pytest.mark.parametrize("path", ["/api/nothing/", "/media/products/00/x.jpg", "/health/live/"])
    def test_of_the_caller_stands_in_every_response(self, server, path):
        response = server.request("GET", path, X_Request_ID='mine, "yes"')

        assert response.headers.get_all("X-Request-ID") == ['mine, "yes"']

    @pytest.mark.parametrize("request_id", ["x" * 129, "caf\u00e9"])
    def test_is_another_where_it_cannot_be_used(self, server, request_id):
        for path in ("/api/nothing/", "/media/products/00/x.jpg"):
            (shown,) = server.request("GET", path, X_Request_ID=request_id).headers.get_all(
                "X-Request-ID"
            )

            assert 32 <= len(shown) <= 36

    @pytest.mark.parametrize(
        "request_id", ['a] 1.2.3.4 "GET /admin/', 'a" 1.2.3.4 "', "a\\", 'a\\" "', "[x]", "%5D"]
    )
    def test_cannot_imitate_fields_of_the_access_log(self, server, request_id):
        answer = server.request("GET", "/api/nothing/?a=1", X_Request_ID=request_id)
        assert answer.headers["X-Request-ID"] == request_id
        until(lambda: "/api/nothing/?a=1 " in access_log(server)[-1])
        rest = access_log(server)[-1].split(" access [", 1)[1]

        # Either one word, or in quotes in which there are none.
        after = re.fullmatch(r'(?:"[^"]*"|[^\s"\]]+)\] (.*)', rest)[1]

        assert after.startswith('127.0.0.1 "GET /api/nothing/?a=1 HTTP/1.1" 404 ')


def access_log(server: Stack) -> list[str]:
    log = server.folder / ("nginx.log" if "nginx" in server.programs else "web.log")
    return [line for line in log.read_text().splitlines() if " access [" in line]


class TestProblems:
    """What is refused before Django sees it."""

    @pytest.mark.parametrize(
        ("request_", "status"),
        [
            ("GET /api/products/?search={long} HTTP/1.1\nHost: localhost\n\n", 414),
            ("GET / HTTP/1.1\nHost: localhost\nX-A: {long}\n\n", 431),
            ("NONSENSE\n\n", 400),
            ("GET /%zz HTTP/1.1\nHost: localhost\n\n", 400),
        ],
    )
    def test_are_told_in_the_words_of_the_api(self, server, request_, status):
        if "nginx" not in server.programs:
            pytest.skip("Gunicorn has words of its own")

        head, body = exchange(server, request_.format(long="a" * 70_000)).split("\r\n\r\n")

        assert head.startswith(f"HTTP/1.1 {status} ")
        assert "Content-Type: application/problem+json" in head
        problem = json.loads(body)
        assert problem["status"] == status
        assert f"X-Request-ID: {problem['request_id']}" in head

    def test_are_503_while_gunicorn_is_away(self, tmp_path):
        if not HAS_NGINX:
            pytest.skip("nginx is not installed")
        with running("nginx", tmp_path) as server:
            server.kill("web")

            response = server.request("GET", "/api/products/")
            server.start("web")

            assert (response.status, response.headers["Retry-After"]) == (503, "2")
            assert response.json["code"] == "service-unavailable"
            until(lambda: is_up(server))


class TestImages:
    @pytest.fixture
    def image(self, server: Stack) -> tuple[str, bytes]:
        content = jpeg(size=(600, 400))
        image = server.create_product(content, name="Image").json["image"]
        return image.removeprefix(server.url), content

    def test_come_with_their_headers(self, server, image):
        path, content = image

        response = server.request("GET", path)

        assert (response.status, response.content) == (200, content)
        expected = media.HEADERS | {"Content-Type": "image/jpeg", "Cache-Control": CACHE_CONTROL}
        expected["ETag"] = media.tag_of(path)
        for name, value in expected.items():
            assert response.headers.get_all(name) == [value]
        assert "Last-Modified" not in response.headers

    def test_have_no_content_for_head(self, server, image):
        path, content = image

        response = server.request("HEAD", path)

        assert (response.content, response.headers["Content-Length"]) == (b"", str(len(content)))

    def test_are_not_sent_again(self, server, image):
        response = server.request("GET", image[0], If_None_Match=media.tag_of(image[0]))

        assert (response.status, response.headers["Cache-Control"]) == (304, CACHE_CONTROL)

    @pytest.mark.parametrize(("if_range", "status"), [("", 206), ("own", 206), ('"x"', 200)])
    def test_come_in_ranges(self, server, image, if_range, status):
        path, content = image
        headers = {"Range": "bytes=10-19"}
        if if_range:
            headers["If_Range"] = media.tag_of(path) if if_range == "own" else if_range

        response = server.request("GET", path, **headers)

        assert response.status == status
        assert response.content == (content[10:20] if status == 206 else content)

    def test_have_no_range_behind_their_end(self, server, image):
        response = server.request("GET", image[0], Range="bytes=99999999-")

        assert response.status == 416
        assert "no-store" in response.headers.get_all("Cache-Control")

    @pytest.mark.parametrize(
        "path",
        [
            "/media/products/00/nothing.jpg",
            "/media/products/00/",
            "/media/../db.sqlite3",
            "/media/%2e%2e/db.sqlite3",
            "/media/products/00/..%2f..%2f..%2fdb.sqlite3",
            "/media/link/00/x.jpg",
            "/media/ballast.txt",
        ],
    )
    def test_are_all_that_the_folder_serves(self, server, image, path):
        folder = server.folder / "media"
        (folder / "ballast.txt").write_text("secret")
        target = folder / "link" / "00" / "x.jpg"
        if "nginx" in server.programs and not target.is_symlink():
            target.parent.mkdir(parents=True)
            target.symlink_to(server.folder / "db.sqlite3")

        response = server.request("GET", path)

        assert response.status in {400, 404}
        if path.endswith(".jpg"):
            assert response.headers["Cache-Control"] == "no-store"


class TestCompression:
    def test_keeps_tags_that_if_match_understands(self, server):
        if "nginx" not in server.programs:
            pytest.skip("only nginx compresses")
        body = {"name": "Long", "slug": "long", "price": "1", "description": "word " * 1000}
        server.request("POST", "/api/products/", body)
        path = "/api/products/long/"

        plain = server.request("GET", path)
        packed = server.request("GET", path, Accept_Encoding="gzip")
        tag = packed.headers["ETag"]

        assert gzip.decompress(packed.content) == plain.content
        assert tag == f"W/{plain.headers['ETag']}"
        assert server.request("GET", path, If_None_Match=tag).status == 304
        assert server.request("PATCH", path, {"stock": 1}, If_Match=tag).status == 200
        assert server.request("PATCH", path, {"stock": 2}, If_Match=tag).status == 412
