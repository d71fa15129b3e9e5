"""Images and compressed responses, from Gunicorn alone and from nginx in front of it."""

import gzip

import pytest

from core.storage import views as media
from core.storage.names import CACHE_CONTROL
from tests.support.images import jpeg
from tests.support.servers.service import Service


@pytest.fixture
def image(server: Service) -> tuple[str, bytes]:
    content = jpeg(size=(600, 400))
    image = server.create_product(content, name="Image").json["image"]
    return image.removeprefix(server.url), content


class TestImages:
    def test_have_their_headers(self, server, image):
        path, content = image

        response = server.request("GET", path)

        assert (response.status, response.content) == (200, content)
        expected = media.HEADERS | {"Content-Type": "image/jpeg", "Cache-Control": CACHE_CONTROL}
        expected["ETag"] = media.etag_for(path)
        for name, value in expected.items():
            assert response.headers.get_all(name) == [value]
        assert "Last-Modified" not in response.headers

    def test_have_no_content_for_head(self, server, image):
        path, content = image

        response = server.request("HEAD", path)

        assert (response.content, response.headers["Content-Length"]) == (b"", str(len(content)))

    def test_are_304_for_a_matching_tag(self, server, image):
        response = server.request("GET", image[0], If_None_Match=media.etag_for(image[0]))

        assert (response.status, response.headers["Cache-Control"]) == (304, CACHE_CONTROL)

    @pytest.mark.parametrize(("if_match", "status"), [("own", 200), ("*", 200), ('"x"', 412)])
    def test_are_served_if_their_tag_matches(self, server, image, if_match, status):
        tag = media.etag_for(image[0]) if if_match == "own" else if_match

        response = server.request("GET", image[0], If_Match=tag)

        assert response.status == status
        assert response.headers["X-Request-ID"]

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
    def test_cannot_be_written(self, server, image, method):
        response = server.request(method, image[0])

        assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")

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
    def test_are_the_only_files_served(self, server, image, path):
        folder = server.folder / "media"
        (folder / "ballast.txt").write_text("secret")
        target = folder / "link" / "00" / "x.jpg"
        if server.has_nginx and not target.is_symlink():
            target.parent.mkdir(parents=True)
            target.symlink_to(server.folder / "db.sqlite3")

        response = server.request("GET", path)

        assert response.status in {400, 404}
        if path.endswith(".jpg"):
            assert response.headers["Cache-Control"] == "no-store"


class TestCompression:
    def test_keeps_tags_usable_in_if_match(self, server):
        if not server.has_nginx:
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
