"""The servers in front of Django: Gunicorn alone as under `make run`, and nginx in front of it."""

import json
import re
import socket
from http.client import HTTPConnection
from time import monotonic
from uuid import uuid4

import pytest

from tests.support.http_client import exchange_raw
from tests.support.servers.service import HAS_NGINX, running_web_server
from tests.support.waiting import wait_until

MEGABYTE = bytes(2**20)
BINARY = {"Content-Type": "application/octet-stream"}


class TestConnection:
    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("POST", "/api/products/", 415),
            ("POST", "/api/nothing/", 404),
            ("PUT", "/api/products/", 405),
            ("POST", "/admin/login/", 403),
            ("POST", "/static/nothing.css", 404),
            ("POST", "/media/originals/00/x.jpg", 405),
            ("GET", "/api/products/", 200),
        ],
    )
    def test_serves_the_next_request_after_an_unread_body(self, server, method, path, status):
        connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
        for _ in range(10):
            connection.request(method, path, MEGABYTE, BINARY)
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
            response = client.recv(65_536).decode()

        assert response.startswith("HTTP/1.1 413")
        assert "Connection: close" in response
        assert monotonic() - start < 2

    def test_announces_that_it_closes_after_chunks_of_unknown_length(self, server):
        if server.has_nginx:
            pytest.skip("nginx gives Gunicorn a length")
        head = "PUT /api/products/ HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\n"

        assert "Connection: close" in exchange_raw(server.port, f"{head}2\n{{}}\n0\n\n")


class TestHost:
    @pytest.mark.parametrize("path", ["/", "/api/products/", "/health/live/", "/static/x"])
    def test_is_required_in_http_1_1(self, server, path):
        assert exchange_raw(server.port, f"GET {path} HTTP/1.1\n\n").startswith("HTTP/1.1 400")

    def test_is_not_required_in_http_1_0(self, server):
        assert exchange_raw(server.port, "GET /health/live/ HTTP/1.0\n\n").split()[1] == "200"


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

        response = exchange_raw(server.port, f"{get}{header}\n\n")

        assert response.startswith("HTTP/1.1 200")
        assert '<http://localhost:1/api/categories/?cursor=>; rel="first"' in response

    def test_are_applied_from_a_trusted_proxy(self, proxied_server):
        get = "GET /api/categories/?cursor= HTTP/1.1\nHost: internal\nConnection: close\n"
        headers = "X-Forwarded-Proto: https\nX-Forwarded-Host: shop.example.com, edge.internal\n"

        response = exchange_raw(proxied_server.port, f"{get}{headers}X-Forwarded-Port: 8443\n\n")

        assert "<https://shop.example.com:8443/shop/api/categories/?cursor=>" in response


class TestRequestId:
    @pytest.mark.parametrize("path", ["/api/nothing/", "/media/products/00/x.jpg", "/health/live/"])
    def test_of_the_client_is_in_every_response(self, server, path):
        response = server.request("GET", path, X_Request_ID='mine, "yes"')

        assert response.headers.get_all("X-Request-ID") == ['mine, "yes"']

    @pytest.mark.parametrize("request_id", ["x" * 129, "caf\u00e9"])
    def test_is_replaced_if_it_is_unusable(self, server, request_id):
        for path in ("/api/nothing/", "/media/products/00/x.jpg"):
            (shown,) = server.request("GET", path, X_Request_ID=request_id).headers.get_all(
                "X-Request-ID"
            )

            assert 32 <= len(shown) <= 36

    @pytest.mark.parametrize(
        "request_id", ['a] 1.2.3.4 "GET /admin/', 'a" 1.2.3.4 "', "a\\", 'a\\" "', "[x]", "%5D"]
    )
    def test_cannot_forge_fields_of_the_access_log(self, server, request_id):
        url = f"/api/nothing/?a={uuid4()}"
        response = server.request("GET", url, X_Request_ID=request_id)
        assert response.headers["X-Request-ID"] == request_id
        (line,) = wait_until(lambda: [line for line in server.access_log() if f"{url} " in line])

        # Either one word, or a quoted string without quotes in it.
        rest = line.split(" access [", 1)[1]
        after = re.fullmatch(r'(?:"[^"]*"|[^\s"\]]+)\] (.*)', rest)[1]

        assert after.startswith(f'127.0.0.1 "GET {url} HTTP/1.1" 404 ')


class TestProblems:
    """Requests that are rejected before Django sees them."""

    @pytest.mark.parametrize(
        ("request_", "status"),
        [
            ("GET /api/products/?search={long} HTTP/1.1\nHost: localhost\n\n", 414),
            ("GET /api/products/?search={longish} HTTP/1.1\nHost: localhost\n\n", 414),
            ("GET / HTTP/1.1\nHost: localhost\nX-A: {long}\n\n", 431),
            ("GET / HTTP/1.1\nHost: localhost\nX-A: {longish}\n\n", 431),
            ("GET / HTTP/1.1\nHost: localhost\n{many}\n", 431),
            ("POST / HTTP/1.1\nHost: localhost\nTransfer-Encoding: gzip, chunked\n\n", 400),
            ("NONSENSE\n\n", 400),
            ("GET /%zz HTTP/1.1\nHost: localhost\n\n", 400),
        ],
    )
    def test_have_the_format_of_the_api(self, server, request_, status):
        if not server.has_nginx:
            pytest.skip("Gunicorn has responses of its own")

        sizes = {"long": "a" * 70_000, "longish": "a" * 8_200, "many": "X-A: a\n" * 5_000}
        head, body = exchange_raw(server.port, request_.format(**sizes)).split("\r\n\r\n")

        assert head.startswith(f"HTTP/1.1 {status} ")
        assert "Content-Type: application/problem+json" in head
        problem = json.loads(body)
        assert problem["status"] == status
        assert f"X-Request-ID: {problem['request_id']}" in head

    def test_are_503_for_large_bodies_alone_without_room_for_them(self, tmp_path):
        if not HAS_NGINX:
            pytest.skip("nginx is not installed")
        with running_web_server("nginx", tmp_path) as server:
            folder = tmp_path / "nginx" / "large"
            folder.rmdir()
            folder.touch()

            large = server.request("POST", "/api/products/", 2 * MEGABYTE, **BINARY)
            small = server.request("POST", "/api/products/", MEGABYTE[:900_000], **BINARY)

            assert (large.status, large.headers["Retry-After"]) == (503, "2")
            assert large.json["code"] == "service-unavailable"
            assert small.status == 415

    def test_are_503_while_gunicorn_is_unavailable(self, tmp_path):
        if not HAS_NGINX:
            pytest.skip("nginx is not installed")
        with running_web_server("nginx", tmp_path) as server:
            server.kill("web")

            response = server.request("GET", "/api/products/")
            server.start("web")

            assert (response.status, response.headers["Retry-After"]) == (503, "2")
            assert response.json["code"] == "service-unavailable"
            wait_until(server.is_live)
