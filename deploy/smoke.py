"""Smoke test of a running service, over HTTP alone: from an uploaded image to its thumbnail.

Ends at the first failure, with one sentence about it. Needs Python and nothing else.
"""

import argparse
import json
import re
import struct
import sys
import time
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

THUMBNAIL_TIMEOUT = 30  # seconds
PAGES = {
    "/": "text/html",
    "/api/docs/": "text/html",
    "/api/redoc/": "text/html",
    "/admin/login/": "text/html",
    "/api/schema/": "application/vnd.oai.openapi",
    "/health/": "application/json",
    "/health/live/": "application/json",
    "/health/ready/": "application/json",
}
ASSET = re.compile(r'(?:src|href)="([^"]+\.(?:css|js)(?:\?[^"]*)?)"')


class SmokeFailure(Exception):
    """The service does not work as documented: in which way, as a sentence."""


@dataclass
class Response:
    headers: Message
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get_content_type()

    def json(self) -> Any:
        return json.loads(self.body)


class Service:
    """The service at a base URL such as http://127.0.0.1:8000."""

    def __init__(self, base: str) -> None:
        self.host = urlsplit(base).netloc

    def request(
        self, method: str, url: str, expected: int = 200, body: bytes = b"", content_type: str = ""
    ) -> Response:
        """Request a path or URL of the service; raise `SmokeFailure` for any other status."""
        path = urlsplit(url)._replace(scheme="", netloc="").geturl()
        connection = HTTPConnection(self.host, timeout=30)
        try:
            headers = {"Content-Type": content_type} if content_type else {}
            connection.request(method, path, body, headers)
            received = connection.getresponse()
            response = Response(received.headers, received.read())
        except (OSError, HTTPException) as error:
            raise SmokeFailure(f"{method} {path} has no response: {error}") from error
        finally:
            connection.close()
        if received.status != expected:
            text = response.body[:500].decode(errors="replace")
            raise SmokeFailure(f"{method} {path} is {received.status}, not {expected}: {text}")
        return response

    def post(self, path: str, fields: dict[str, str], image: Path | None = None) -> Any:
        body, content_type = multipart(fields, image)
        return self.request("POST", path, 201, body, content_type).json()


def multipart(fields: dict[str, str], image: Path | None) -> tuple[bytes, str]:
    """Return the body of a form, and its content type."""
    boundary = uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    if image:
        disposition = f'form-data; name="image"; filename="{image.name}"'
        head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\n"
        parts += [head.encode(), image.read_bytes(), b"\r\n"]
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


def check(condition: bool, failure: str) -> None:
    if not condition:
        raise SmokeFailure(failure)


def check_pages(service: Service) -> None:
    """Check that every page is served, with all styles and scripts, and none of another server."""
    for path, content_type in PAGES.items():
        page = service.request("GET", path)
        is_expected = page.content_type == content_type
        check(is_expected, f"{path} is {page.content_type}, not {content_type}.")
        for url in ASSET.findall(page.body.decode()):
            check(url.startswith("/"), f"{path} loads {url} from another server.")
            service.request("GET", url)
    print("Pages, schema and health reports are served, with styles and scripts.")


def check_product(service: Service, image: Path, thumbnails: Path | None) -> str:
    """Create a product with the image, check its thumbnail, and return its slug."""
    name = f"Smoke {image.stem} {uuid4().hex[:6]}"
    category = service.post("/api/categories/", {"name": name})
    fields = {"name": name, "price": "12.50", "category": category["slug"]}
    product = service.post("/api/products/", fields, image)
    started = time.monotonic()
    check(product["thumbnail_status"] == "pending", f"{name} is not pending: {product}")
    thumbnail = check_thumbnail(service, await_thumbnail(service, product["slug"]))
    print(f"{image.name} has its thumbnail after {time.monotonic() - started:.1f} s.")
    if thumbnails:
        (thumbnails / f"{image.stem}.webp").write_bytes(thumbnail)
    return product["slug"]


def await_thumbnail(service: Service, slug: str) -> Any:
    """Return the product once its thumbnail is ready."""
    deadline = time.monotonic() + THUMBNAIL_TIMEOUT
    while time.monotonic() < deadline:
        product = service.request("GET", f"/api/products/{slug}/").json()
        if product["thumbnail_status"] == "ready":
            return product
        check(product["thumbnail_status"] != "failed", f"It failed: {product['thumbnail_error']}")
        time.sleep(0.2)
    raise SmokeFailure(f"The thumbnail of {slug} is not ready after {THUMBNAIL_TIMEOUT} s.")


def check_thumbnail(service: Service, product: Any) -> bytes:
    """Fetch image and thumbnail; check that the thumbnail is WebP in the image's orientation."""
    check(len(service.request("GET", product["image"]).body) > 0, "The image is empty.")
    thumbnail = service.request("GET", product["thumbnail"])
    check(thumbnail.content_type == "image/webp", f"It is {thumbnail.content_type}, not WebP.")
    width, height = webp_size(thumbnail.body)
    shape = product["image_width"] / product["image_height"]
    # Each side may be rounded by a pixel.
    fits = (width - 1) / (height + 1) <= shape <= (width + 1) / max(height - 1, 1)
    check(fits, f"The thumbnail is {width} by {height}, and the image's shape is {shape:.2f}.")
    return thumbnail.body


def webp_size(content: bytes) -> tuple[int, int]:
    """Return width and height, in pixels, of a WebP file."""
    match content[12:16]:
        case b"VP8 ":
            width, height = struct.unpack("<HH", content[26:30])
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8X":
            width, height = content[24:27], content[27:30]
            return 1 + int.from_bytes(width, "little"), 1 + int.from_bytes(height, "little")
    raise SmokeFailure(f"This is no WebP file: {content[:16]!r}")


def check_deletion(service: Service, slug: str) -> None:
    """Check that a deleted product is not found, and is the same after its restore."""
    url = f"/api/products/{slug}/"
    before = service.request("GET", url).json()
    check(service.request("DELETE", url, 204).body == b"", "The response to DELETE is not empty.")
    service.request("GET", url, 404)
    service.request("POST", f"{url}restore/")
    after = service.request("GET", url).json()
    for name in ("id", "image", "thumbnail", "category"):
        check(before[name] == after[name], f"Restored, {slug} has another {name}.")
    print(f"{slug} was deleted, and restored as it was.")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", help="URL of the service, such as http://127.0.0.1:8000")
    parser.add_argument("images", nargs="*", type=Path, help="images to upload")
    parser.add_argument("--thumbnails", type=Path, metavar="FOLDER", help="keep thumbnails here")
    parser.add_argument(
        "--expect", action="append", metavar="SLUG", help="created by an earlier run"
    )
    return parser.parse_args()


def main() -> None:
    options = arguments()
    service = Service(options.base)
    check_pages(service)
    for slug in options.expect or []:
        check_thumbnail(service, await_thumbnail(service, slug))
        print(f"{slug} is still there, with its image and thumbnail.")
    for image in options.images:
        check_deletion(service, check_product(service, image, options.thumbnails))


if __name__ == "__main__":
    try:
        main()
    except SmokeFailure as failure:
        sys.exit(f"Failed: {failure}")
