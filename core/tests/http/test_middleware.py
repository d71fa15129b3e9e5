from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from gunicorn.http.errors import InvalidChunkSize, NoMoreData

from core import logs
from core.http.middleware import (
    AppendSlashMiddleware,
    BodyLimitMiddleware,
    CharsetMiddleware,
    ForwardedMiddleware,
    RequestIdMiddleware,
)
from tests.support.images import png, upload

CATEGORIES = "/api/categories"
PRODUCTS = "/api/products"
PROBES = ["/health", "/health/", "/health/ready/", "/health/live", "/health/live/"]


class TestRequestIdMiddleware:
    @pytest.mark.parametrize("incoming", ["a", "the caller's own ~ id", "x" * 128])
    def test_keeps_a_valid_id_of_the_caller(self, client, incoming):
        response = client.get("/health/live/", headers={"X-Request-ID": incoming})

        assert response["X-Request-ID"] == incoming

    @pytest.mark.parametrize(
        "incoming", ["", "x" * 129, "caf\u00e9", "tab\there", "line\nfeed", "\0"]
    )
    def test_replaces_an_invalid_id(self, client, incoming):
        response = client.get("/health/live/", headers={"X-Request-ID": incoming})

        assert UUID(response["X-Request-ID"])

    def test_creates_a_new_id_for_each_request(self, client):
        ids = {client.get("/health/live/")["X-Request-ID"] for _ in range(5)}

        assert len(ids) == 5

    @pytest.mark.parametrize(
        ("path", "host", "status"),
        [
            ("/nothing/", "testserver", 404),
            ("/api/nothing/", "testserver", 404),
            ("/api/categories/", "evil.example", 400),
            ("/media/nothing", "testserver", 404),
        ],
    )
    def test_is_in_error_responses(self, client, path, host, status):
        response = client.get(path, headers={"X-Request-ID": "mine", "host": host})

        assert (response.status_code, response["X-Request-ID"]) == (status, "mine")

    def test_is_in_problems(self, client):
        response = client.get("/api/nothing/", headers={"X-Request-ID": "mine"})

        assert response.json()["request_id"] == "mine"

    def test_is_in_the_log_during_the_request(self):
        logged = []

        def view(request):
            logged.append(logs.request_id.get())
            return HttpResponse()

        RequestIdMiddleware(view)(RequestFactory().get("/", headers={"X-Request-ID": "mine"}))

        assert [*logged, logs.request_id.get()] == ["mine", "-"]

    def test_is_reset_when_the_request_fails(self):
        def view(request):
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            RequestIdMiddleware(view)(RequestFactory().get("/"))

        assert logs.request_id.get() == "-"


class TestCharsetMiddleware:
    @pytest.mark.parametrize(
        "content_type",
        [
            "application/json",
            "application/json; charset=utf-8",
            'application/json; charset="UTF-8"',
            "text/plain; charset=us-ascii",
            "image/jpeg; charset=binary",
            "image/png; charset=utf-16; q=1",
            "application/octet-stream; charset=no-such",
        ],
    )
    def test_accepts_utf_8_and_media_types_without_a_charset(self, content_type):
        request = RequestFactory().generic("POST", "/", b"{}", content_type)

        assert CharsetMiddleware(lambda request: HttpResponse())(request).status_code == 200

    @pytest.mark.parametrize("charset", ["latin-1", "utf-16", "hex", "zlib", "no-such"])
    @pytest.mark.parametrize(
        "media_type",
        ["text/plain", "Application/JSON", "application/problem+json", "multipart/form-data"],
    )
    def test_rejects_text_in_another_charset(self, media_type, charset):
        request = RequestFactory().generic("POST", "/", b"{}", f"{media_type}; charset={charset}")

        response = CharsetMiddleware(lambda request: HttpResponse())(request)

        assert response.status_code == 415
        assert response["Content-Type"] == "application/problem+json"


class BrokenChunks:
    """A body that fails as Gunicorn's does for malformed chunks."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def read(self, size: int) -> bytes:
        raise self.error


def chunked(body: bytes, content_type: str = "application/json") -> dict[str, Any]:
    """Return the environment of a chunked request: a body, and no length."""
    return {
        "content_type": content_type,
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input": BytesIO(body),
    }


def chunked_form(**values: Any) -> dict[str, Any]:
    return chunked(encode_multipart(BOUNDARY, values), MULTIPART_CONTENT)


@pytest.mark.django_db
class TestBodyLimitMiddleware:
    @pytest.mark.parametrize(
        "path", ["/api/products/", "/admin/login/", "/media/x", "/health/", "/static/x", "/nothing"]
    )
    def test_rejects_a_body_that_is_too_large_for_every_path(self, client, settings, path):
        settings.IMAGE_MAX_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50, 1000

        response = client.post(path, bytes(1051), "application/octet-stream")

        assert (response.status_code, response.json()["code"]) == (413, "too-large")
        assert response.json()["limit"] == 1050
        assert "1,050 bytes are accepted, 50 of them for an image" in response.json()["detail"]

    def test_does_not_read_a_body_that_is_too_large(self, settings):
        settings.IMAGE_MAX_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50, 50
        request = RequestFactory().post("/", bytes(101), "text/plain")

        BodyLimitMiddleware(lambda request: HttpResponse())(request)

        assert len(request.read()) == 101

    def test_accepts_the_largest_body_of_any_path(self, settings):
        settings.IMAGE_MAX_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50, 1000
        request = RequestFactory().post("/", bytes(1050), "text/plain")

        assert BodyLimitMiddleware(lambda request: HttpResponse())(request).status_code == 200

    def test_reads_chunked_json(self, api):
        response = api.generic("POST", CATEGORIES, **chunked(b'{"name": "Mugs"}'))

        assert (response.status_code, response.json()["name"]) == (201, "Mugs")

    def test_reads_a_chunked_form(self, api):
        form = chunked_form(name="Mug", price="1", image=upload(png()))

        response = api.generic("POST", PRODUCTS, **form)

        assert (response.status_code, response.json()["image_width"]) == (201, 8)

    def test_reads_a_chunked_image(self, api):
        api.post(PRODUCTS, {"name": "Mug", "price": "1"})

        response = api.generic("PUT", f"{PRODUCTS}/mug/image", **chunked(png(), "image/png"))

        assert (response.status_code, response.json()["image_width"]) == (200, 8)

    @pytest.mark.parametrize("size", [100, 5000])
    def test_rejects_a_chunked_image_that_is_too_large(self, api, settings, size):
        settings.IMAGE_MAX_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50, 1000
        api.post(PRODUCTS, {"name": "Mug", "price": "1"})
        image = png() + bytes(size)
        form = chunked_form(name="Cup", price="1", image=upload(image))

        responses = [
            api.generic("PUT", f"{PRODUCTS}/mug/image", **chunked(image, "image/png")),
            api.generic("POST", PRODUCTS, **form),
        ]

        assert [response.status_code for response in responses] == [413, 413]

    def test_reads_one_byte_beyond_the_limit_at_most(self, settings):
        settings.IMAGE_MAX_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50, 50
        request = RequestFactory().generic("POST", "/", **chunked(bytes(500)))

        response = BodyLimitMiddleware(lambda request: HttpResponse())(request)

        assert (response.status_code, request.read()) == (413, bytes(101))

    @pytest.mark.parametrize("error", [InvalidChunkSize(b"x"), NoMoreData()])
    def test_rejects_malformed_chunks(self, error):
        request = RequestFactory().generic("POST", "/", **chunked(b""))
        request.META["wsgi.input"] = BrokenChunks(error)

        response = BodyLimitMiddleware(lambda request: HttpResponse())(request)

        assert response.status_code == 400
        assert response["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
class TestForwardedMiddleware:
    @pytest.fixture(autouse=True)
    def trusted_proxy(self, settings):
        settings.USE_X_FORWARDED_HOST = True
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        settings.ALLOWED_HOSTS = ["shop.example.com", "[2001:db8::1]", "testserver"]

    @pytest.mark.parametrize(
        ("headers", "origin"),
        [
            ({}, "http://testserver"),
            ({"Host": "shop.example.com"}, "http://shop.example.com"),
            ({"Host": "shop.example.com, edge.internal"}, "http://shop.example.com"),
            ({"Host": "shop.example.com:8443,edge:80"}, "http://shop.example.com:8443"),
            ({"Host": ""}, "http://testserver"),
            ({"Port": "8443"}, "http://testserver:8443"),
            ({"Host": "shop.example.com", "Port": "8080"}, "http://shop.example.com:8080"),
            ({"Host": "shop.example.com:1", "Port": "8080"}, "http://shop.example.com:1"),
            ({"Host": "[2001:db8::1]", "Port": "8080"}, "http://[2001:db8::1]:8080"),
            ({"Port": "80"}, "http://testserver"),
            ({"Proto": "https", "Port": "443"}, "https://testserver"),
            ({"Proto": "https, http", "Port": "8443, 80"}, "https://testserver:8443"),
            ({"Proto": "http, https"}, "http://testserver"),
            ({"Port": "http"}, "http://testserver"),
        ],
    )
    def test_builds_urls_with_the_origin_of_the_client(self, client, headers, origin):
        forwarded = {f"X-Forwarded-{name}": value for name, value in headers.items()}

        page = client.get(
            "/api/categories/", {"cursor": ""}, headers={"Host": "testserver", **forwarded}
        )

        assert f'<{origin}/api/categories/?cursor=>; rel="first"' in page["Link"]

    @pytest.mark.parametrize("host", ["evil.example", "evil.example, shop.example.com", "a b"])
    def test_rejects_a_host_that_is_not_allowed(self, client, host):
        response = client.get("/api/categories/", headers={"X-Forwarded-Host": host})

        assert response.status_code == 400

    def test_is_disabled_without_a_proxy(self, settings):
        settings.USE_X_FORWARDED_HOST = False

        with pytest.raises(MiddlewareNotUsed):
            ForwardedMiddleware(lambda request: HttpResponse())


@pytest.mark.django_db
class TestAppendSlashMiddleware:
    @pytest.mark.parametrize(
        "path", ["/api/categories", "/api/products", "/api/schema", "/problems/deleted", *PROBES]
    )
    def test_serves_a_url_without_its_slash(self, client, path):
        response = client.get(path)

        assert response.status_code in {200, 503}
        assert "Location" not in response

    def test_serves_the_admin_without_its_slash(self, admin_client):
        assert admin_client.get("/admin").status_code == 200

    def test_keeps_the_body_of_a_post(self, api):
        response = api.post(CATEGORIES, {"name": "Mugs"})

        assert (response.status_code, response.json()["name"]) == (201, "Mugs")

    def test_keeps_the_file_of_a_form(self, api):
        form = {"name": "Mug", "price": "1", "image": upload(png())}

        response = api.post(PRODUCTS, form, format="multipart")

        assert (response.status_code, response.json()["image_width"]) == (201, 8)

    def test_keeps_the_query(self, api):
        response = api.get(f"{CATEGORIES}?page_size=7&page=2")

        assert response.status_code == 404, "there is no second page"

    @pytest.mark.parametrize(
        ("method", "body", "status"),
        [
            ("get", None, 200),
            ("head", None, 200),
            ("put", {"name": "Cups"}, 200),
            ("patch", {"name": "Cups"}, 200),
            ("delete", None, 204),
        ],
    )
    def test_serves_every_method_as_with_the_slash(self, api, method, body, status):
        api.post(f"{CATEGORIES}/", {"name": "Mugs", "slug": "mugs"})
        api.post(f"{CATEGORIES}/", {"name": "Pots", "slug": "pots"})
        send = getattr(api, method)

        responses = [send(f"{CATEGORIES}/mugs", body), send(f"{CATEGORIES}/pots/", body)]

        assert [response.status_code for response in responses] == [status, status]

    @pytest.mark.parametrize("method", ["put", "patch"])
    def test_keeps_the_body_of_an_update(self, api, method):
        api.post(f"{CATEGORIES}/", {"name": "Mugs", "slug": "mugs"})

        changed = getattr(api, method)(f"{CATEGORIES}/mugs", {"name": "Cups"})

        assert changed.json()["name"] == "Cups"

    def test_returns_a_location_with_its_slash(self, api):
        location = api.post(CATEGORIES, {"name": "Mugs"})["Location"]

        assert location.endswith("/api/categories/mugs/")

    @pytest.mark.parametrize("path", ["/media/nothing", "/nothing"])
    def test_keeps_other_paths(self, path):
        request = RequestFactory().get(path)

        AppendSlashMiddleware(lambda request: HttpResponse())(request)

        assert request.path == path


@pytest.mark.django_db
class TestAllowedHostMiddleware:
    @pytest.mark.parametrize("path", ["/", "/api/categories/", "/admin/", "/media/x", "/nothing"])
    @pytest.mark.parametrize("host", ["evil.example", "10.1.2.3:8000", "not a host", "[::1"])
    def test_rejects_other_hosts(self, client, path, host):
        assert client.get(path, headers={"host": host}).status_code == 400

    def test_returns_a_problem_under_the_api(self, client):
        response = client.get("/api/categories/", headers={"host": "evil.example"})

        assert response["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize("path", PROBES)
    def test_serves_probes_without_https(self, client, settings, path):
        settings.SECURE_SSL_REDIRECT = True

        assert client.get(path, headers={"host": "10.1.2.3"}).status_code in {200, 503}
        assert client.get("/healthy").status_code == 301

    @pytest.mark.parametrize("path", PROBES)
    @pytest.mark.parametrize("host", ["evil.example", "10.1.2.3:8000", "[::1]:8000", ""])
    def test_serves_probes_under_any_host(self, client, path, host):
        assert client.get(path, headers={"host": host}).status_code in {200, 503}
