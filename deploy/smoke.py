"""Tries a running service out as its users do: over HTTP alone, from a photo to its thumbnail.

Stops at the first thing that is not as it should be, with one sentence about it.
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

PATIENCE = 30  # seconds for a thumbnail
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


class Wrong(Exception):
    """What is not as it should be, as a sentence."""


@dataclass
class Answer:
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

    def ask(
        self, method: str, url: str, expected: int = 200, body: bytes = b"", kind: str = ""
    ) -> Answer:
        """Ask for a path or URL of the service; raise `Wrong` for any other status."""
        path = urlsplit(url)._replace(scheme="", netloc="").geturl()
        connection = HTTPConnection(self.host, timeout=30)
        try:
            connection.request(method, path, body, {"Content-Type": kind} if kind else {})
            response = connection.getresponse()
            answer = Answer(response.headers, response.read())
        except (OSError, HTTPException) as error:
            raise Wrong(f"{method} {path} has no answer: {error}") from error
        finally:
            connection.close()
        if response.status != expected:
            text = answer.body[:500].decode(errors="replace")
            raise Wrong(f"{method} {path} answers {response.status}, not {expected}: {text}")
        return answer

    def post(self, path: str, fields: dict[str, str], picture: Path | None = None) -> Any:
        body, kind = multipart(fields, picture)
        return self.ask("POST", path, 201, body, kind).json()


def multipart(fields: dict[str, str], picture: Path | None) -> tuple[bytes, str]:
    """Give the body of a form, and its content type."""
    boundary = uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    if picture:
        disposition = f'form-data; name="image"; filename="{picture.name}"'
        head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\n"
        parts += [head.encode(), picture.read_bytes(), b"\r\n"]
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


def require(holds: bool, sentence: str) -> None:
    if not holds:
        raise Wrong(sentence)


def check_pages(service: Service) -> None:
    """Every page is there, with all that it loads, and it loads nothing from elsewhere."""
    for path, kind in PAGES.items():
        page = service.ask("GET", path)
        require(page.content_type == kind, f"{path} is {page.content_type}, not {kind}.")
        for url in ASSET.findall(page.body.decode()):
            require(url.startswith("/"), f"{path} loads {url} from another server.")
            service.ask("GET", url)
    print("Pages, schema and health answer; styles and scripts are served from here.")


def check_product(service: Service, picture: Path, thumbnails: Path | None) -> str:
    """Upload a picture and see its thumbnail. Gives the product's slug."""
    name = f"Smoke {picture.stem} {uuid4().hex[:6]}"
    category = service.post("/api/categories/", {"name": name})
    fields = {"name": name, "price": "12.50", "category": category["slug"]}
    product = service.post("/api/products/", fields, picture)
    started = time.monotonic()
    require(product["thumbnail_status"] == "pending", f"{name} is not pending: {product}")
    thumbnail = check_thumbnail(service, await_thumbnail(service, product["slug"]))
    print(f"{picture.name} has its thumbnail after {time.monotonic() - started:.1f} s.")
    if thumbnails:
        (thumbnails / f"{picture.stem}.webp").write_bytes(thumbnail)
    return product["slug"]


def await_thumbnail(service: Service, slug: str) -> Any:
    """Wait until the product's thumbnail is ready, and give the product."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        product = service.ask("GET", f"/api/products/{slug}/").json()
        if product["thumbnail_status"] == "ready":
            return product
        require(product["thumbnail_status"] != "failed", f"It failed: {product['thumbnail_error']}")
        time.sleep(0.2)
    raise Wrong(f"The thumbnail of {slug} is not ready after {PATIENCE} s.")


def check_thumbnail(service: Service, product: Any) -> bytes:
    """Fetch picture and thumbnail: the latter is WebP, and lies as the picture does."""
    require(len(service.ask("GET", product["image"]).body) > 0, "The picture is empty.")
    thumbnail = service.ask("GET", product["thumbnail"])
    require(thumbnail.content_type == "image/webp", f"It is {thumbnail.content_type}, not WebP.")
    width, height = webp_size(thumbnail.body)
    shape = product["image_width"] / product["image_height"]
    # give or take a pixel
    fits = (width - 1) / (height + 1) <= shape <= (width + 1) / max(height - 1, 1)
    require(fits, f"The thumbnail is {width} by {height}, and the picture's shape is {shape:.2f}.")
    return thumbnail.body


def webp_size(content: bytes) -> tuple[int, int]:
    """Read width and height from a WebP file's header."""
    match content[12:16]:
        case b"VP8 ":
            width, height = struct.unpack("<HH", content[26:30])
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8X":
            return tuple(1 + int.from_bytes(content[at : at + 3], "little") for at in (24, 27))
    raise Wrong(f"This is no WebP file: {content[:16]!r}")


def check_deletion(service: Service, slug: str) -> None:
    """What is deleted is gone, and comes back as it was."""
    url = f"/api/products/{slug}/"
    before = service.ask("GET", url).json()
    require(service.ask("DELETE", url, 204).body == b"", "The answer to DELETE is not empty.")
    service.ask("GET", url, 404)
    service.ask("POST", f"{url}restore/")
    after = service.ask("GET", url).json()
    for name in ("id", "image", "thumbnail", "category"):
        require(before[name] == after[name], f"Restored, {slug} has another {name}.")
    print(f"{slug} was deleted, and restored as it was.")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", help="where the service is, such as http://127.0.0.1:8000")
    parser.add_argument("pictures", nargs="*", type=Path, help="pictures to upload")
    parser.add_argument("--thumbnails", type=Path, metavar="FOLDER", help="keep thumbnails here")
    parser.add_argument("--expect", action="append", metavar="SLUG", help="made by an earlier run")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    service = Service(options.base)
    check_pages(service)
    for slug in options.expect or []:
        check_thumbnail(service, await_thumbnail(service, slug))
        print(f"{slug} is still there, with its picture and thumbnail.")
    for picture in options.pictures:
        check_deletion(service, check_product(service, picture, options.thumbnails))


if __name__ == "__main__":
    try:
        main()
    except Wrong as wrong:
        sys.exit(f"Not as it should be: {wrong}")
