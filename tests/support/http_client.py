"""The one HTTP client of the tests that talk to real servers."""

import json
import socket
import urllib.error
import urllib.request
from typing import Any
from uuid import uuid4


class HttpResponse:
    """A response: `status`, `headers`, `content`, and its `json` where there is any."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status
        self.headers = response.headers
        self.content: bytes = response.read()

    @property
    def json(self) -> Any:
        return json.loads(self.content)


class HttpClient:
    """Sends requests to one origin, and returns errors as responses."""

    def __init__(self, url: str) -> None:
        self.url = url

    def request(
        self, method: str, path: str, body: Any = None, *, timeout: float = 20, **headers: str
    ) -> HttpResponse:
        """Send a request, with a body of bytes or of what becomes JSON.

        Underscores in names of headers stand for hyphens. Raises `OSError` without a response.
        """
        request = urllib.request.Request(self.url + path, method=method)
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        if body is not None and not isinstance(body, bytes):
            request.add_header("Content-Type", "application/json")
            body = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, body, timeout=timeout) as response:
                return HttpResponse(response)
        except urllib.error.HTTPError as response:
            return HttpResponse(response)

    def create_product(self, image: bytes | None = None, **values: str) -> HttpResponse:
        """Create a product by a form, as a browser would."""
        boundary = uuid4().hex
        fields = {"name": "Mug", "price": "1.00"} | values
        parts = [form_part(boundary, f'name="{name}"', fields[name].encode()) for name in fields]
        if image is not None:
            parts.append(form_part(boundary, 'name="image"; filename="photo"', image))
        body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
        content_type = f"multipart/form-data; boundary={boundary}"
        return self.request("POST", "/api/products/", body, Content_Type=content_type)


def form_part(boundary: str, disposition: str, content: bytes) -> bytes:
    head = f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n"
    return head.encode() + content + b"\r\n"


def exchange_raw(port: int, request: str) -> str:
    """Send these lines as they are, and return all that comes until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(request.replace("\n", "\r\n").encode())
        return b"".join(iter(lambda: client.recv(65_536), b"")).decode()
