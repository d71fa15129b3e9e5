"""Multipart forms sent to the products: parsed completely, or 400 and nothing written."""

import gc
import os
import tracemalloc
from io import BytesIO

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from products.models import Product
from products.tests.factories import make_product
from tests.support.images import jpeg, png, upload
from tests.support.responses import error_codes

pytestmark = pytest.mark.django_db

URL = "/api/products/"
MUG = f"{URL}blue-mug/"
FORM = "multipart/form-data; boundary=b"


def field(
    name: str, value: str | bytes, *, filename: str | None = None, content_type: str = ""
) -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"'
    head += "" if filename is None else f'; filename="{filename}"'
    head += f"\r\nContent-Type: {content_type}" if content_type else ""
    content = value if isinstance(value, bytes) else value.encode()
    return b"--b\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n"


EMPTY_FILE_INPUT = field("image", b"", filename="", content_type="application/octet-stream")
MINIMAL = field("name", "Mug") + field("price", "1")
END = b"--b--\r\n"


def send(api, method: str, url: str, body: bytes, content_type: str = FORM):
    return api.generic(method, url, body, content_type=content_type)


class TestEmptyFileInput:
    @pytest.mark.parametrize(
        "empty_input",
        [
            EMPTY_FILE_INPUT,
            field("image", b"", filename=""),
            field("image", b"", content_type="application/octet-stream"),  # Node's fetch, httpx
            field("image", b"", content_type="image/png"),
        ],
    )
    def test_keeps_the_image_of_a_patch(self, api, empty_input: bytes):
        make_product(image=upload(png()))

        response = send(api, "PATCH", MUG, field("stock", "3") + empty_input + END)

        assert response.status_code == 200
        assert (response.json()["stock"], bool(response.json()["image"])) == (3, True)

    def test_keeps_the_image_of_a_put(self, api):
        make_product(image=upload(png()))

        assert send(api, "PUT", MUG, MINIMAL + EMPTY_FILE_INPUT + END).json()["image"]

    def test_differs_from_an_empty_string_which_removes_the_image(self, api):
        make_product(image=upload(png()))

        assert send(api, "PATCH", MUG, field("image", "") + END).json()["image"] is None

    def test_is_no_image_in_a_post(self, api):
        response = send(api, "POST", URL, MINIMAL + EMPTY_FILE_INPUT + END)

        assert (response.status_code, response.json()["image"]) == (201, None)

    def test_is_a_file_if_it_has_bytes(self, api):
        file = field("image", png(), filename="")

        assert send(api, "POST", URL, MINIMAL + file + END).json()["image"]

    def test_is_an_invalid_image_if_it_has_a_name_but_no_bytes(self, api):
        file = field("image", b"", filename="photo.png")

        assert send(api, "POST", URL, MINIMAL + file + END).json()["code"] == "invalid-image"


class TestMalformedForm:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            END,
            MINIMAL,
            MINIMAL + field("image", jpeg(), filename="a.jpg")[:-60],
            MINIMAL + END + b"garbage",
            (MINIMAL + END).replace(b"--b", b"--formdata-undici-0123"),
            field("name", "M\xfcller".encode("windows-1252")) + field("price", "1") + END,
            MINIMAL + field("attributes", b'{"a": "\xfc"}') + END,
            MINIMAL
            + field("description", "\xfc", content_type="text/plain; charset=iso-8859-1")
            + END,
            MINIMAL + field("name", "Cup") + END,
            MINIMAL + EMPTY_FILE_INPUT + EMPTY_FILE_INPUT + END,
        ],
    )
    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
    def test_returns_400_and_writes_nothing(self, api, method: str, body: bytes):
        product = make_product()

        response = send(api, method, URL if method == "POST" else MUG, body)

        assert (response.status_code, response.json()["code"]) == (400, "bad-request")
        assert Product.objects.get().version == product.version

    @pytest.mark.parametrize(
        "content_type",
        [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=c",
        ],
    )
    def test_includes_a_missing_or_different_boundary(self, api, content_type: str):
        assert send(api, "POST", URL, MINIMAL + END, content_type).status_code == 400

    def test_excludes_an_empty_restore_without_content_type(self, api):
        api.delete(f"{URL}{make_product().slug}/")

        assert send(api, "POST", f"{MUG}restore/", b"", "").status_code == 200

    @pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "multipart/mixed"])
    def test_excludes_other_media_types_which_return_415(self, api, media_type: str):
        assert send(api, "POST", URL, b"name=Mug&price=1", media_type).status_code == 415


class TestAttributes:
    @pytest.mark.parametrize("filename", [None, "attributes.json", "blob"])
    def test_are_json_in_a_string_or_a_file(self, api, filename: str | None):
        part = field("attributes", '{"a": 1}', filename=filename, content_type="application/json")

        assert send(api, "POST", URL, MINIMAL + part + END).json()["attributes"] == {"a": 1}

    @pytest.mark.parametrize("filename", [None, "attributes.json"])
    @pytest.mark.parametrize(
        "json", ['{"a": 1, "a": 2}', '{"a": NaN}', "[" * 40 + "]" * 40, '{"a": "\\ud800"}', "{", ""]
    )
    def test_are_parsed_as_strict_json(self, api, json: str, filename: str | None):
        part = field("attributes", json, filename=filename)

        response = send(api, "POST", URL, MINIMAL + part + END)

        assert (response.status_code, list(error_codes(response))) == (400, ["/attributes"])

    @pytest.mark.parametrize("filename", [None, "attributes.json"])
    def test_have_the_size_limit_of_json(self, api, filename: str | None):
        json = b'{"a": "' + b"x" * 2**20 + b'"}'
        part = field("attributes", json, filename=filename)

        assert send(api, "POST", URL, MINIMAL + part + END).status_code == 413


class TestPartOfTheWrongType:
    @pytest.mark.parametrize(
        "name", ["name", "price", "stock", "is_active", "category", "sku", "slug", "currency"]
    )
    def test_returns_400_for_a_file_in_a_string_field(self, api, name: str):
        others = b"".join(field(key, "1") for key in {"name", "price"} - {name})

        response = send(api, "POST", URL, others + field(name, "1", filename="a.txt") + END)

        assert (response.status_code, list(error_codes(response))) == (400, [f"/{name}"])

    def test_returns_400_for_a_string_in_a_file_field(self, api):
        response = send(api, "POST", URL, MINIMAL + field("image", "photo.png") + END)

        assert (response.status_code, list(error_codes(response))) == (400, ["/image"])


def call(method: str, path: str, body: bytes, content_type: str) -> int:
    """Send a request as a WSGI server does, and return the status.

    The test client would keep a reference to everything that it sent.
    """
    statuses = []
    with BytesIO(body) as stream:
        environ = RequestFactory()._base_environ(
            PATH_INFO=path,
            REQUEST_METHOD=method,
            CONTENT_TYPE=content_type,
            CONTENT_LENGTH=str(len(body)),
            **{"wsgi.input": stream},
        )
        response = WSGIHandler()(environ, lambda status, headers: statuses.append(status))
        b"".join(response)
        response.close()
    return int(statuses[0][:3])


@pytest.mark.django_db(transaction=True)  # a request that ends closes its connection
class TestUploadedFiles:
    """Uploaded files, with the garbage collector disabled."""

    LARGE = png() + bytes(4 * 2**20)
    FILE = MINIMAL + field("image", LARGE, filename="a.png")

    @pytest.mark.parametrize(
        ("method", "path", "body", "content_type", "status"),
        [
            ("POST", URL, FILE + END, FORM, 201),
            ("PATCH", MUG, FILE + END, FORM, 200),
            ("PUT", f"{MUG}image/", LARGE, "image/png", 200),
            ("PUT", f"{MUG}image/", bytes(2**22), "image/png", 400),
            ("POST", URL, FILE, FORM, 400),
            ("POST", URL, FILE + field("stock", "many") + END, FORM, 400),
            ("POST", URL, FILE + field("slug", "blue-mug") + END, FORM, 409),
            ("POST", URL, FILE + EMPTY_FILE_INPUT.replace(b"image", b"colour") + END, FORM, 201),
        ],
    )
    def test_are_released_with_the_response(self, method, path, body, content_type, status):
        make_product()
        request = (method, path, body, content_type)
        assert call(*request) == status  # loads what is loaded lazily
        open_files = len(os.listdir("/proc/self/fd"))
        gc.disable()
        tracemalloc.start()
        try:
            for _ in range(4):
                call(*request)
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
            gc.enable()

        assert len(os.listdir("/proc/self/fd")) <= open_files
        assert kept < len(self.LARGE)
