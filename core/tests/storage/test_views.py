import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from core.models import uuid7
from core.storage.names import MediaName
from tests.support.images import png

PIXELS = png(size=(20, 20))


@pytest.fixture
def url() -> str:
    """Store an image, and return its URL."""
    name = str(MediaName.for_content("products", uuid7(), "ab" * 32, ".png"))
    return default_storage.url(default_storage.save(name, ContentFile(PIXELS)))


def content_of(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


class TestServe:
    def test_returns_the_image(self, client, url):
        response = client.get(url)

        assert (response.status_code, content_of(response)) == (200, PIXELS)
        assert response["Content-Length"] == str(len(PIXELS))

    def test_returns_the_image_without_debug(self, client, url, settings):
        settings.DEBUG = False

        assert client.get(url).status_code == 200

    @pytest.mark.parametrize(
        ("suffix", "content_type"),
        [
            (".png", "image/png"),
            (".jpg", "image/jpeg"),
            (".webp", "image/webp"),
            (".gif", "image/gif"),
            (".avif", "image/avif"),
        ],
    )
    def test_returns_the_media_type_of_the_extension(self, client, suffix, content_type):
        name = str(MediaName.for_content("products", uuid7(), "ab" * 32, suffix))
        default_storage.save(name, ContentFile(b"<script>alert(1)</script>"))

        assert client.get(default_storage.url(name))["Content-Type"] == content_type

    @pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-3"}])
    def test_prevents_execution_in_a_browser(self, client, url, headers):
        response = client.get(url, headers=headers)

        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["Content-Disposition"] == "inline"

    def test_is_cacheable_for_a_year(self, client, url):
        kept = {part.strip() for part in client.get(url)["Cache-Control"].split(",")}

        assert kept == {"public", "max-age=31536000", "immutable"}

    @pytest.mark.parametrize(("headers", "status"), [({"If-Match": '"another"'}, 412)])
    def test_is_not_cacheable_on_failure(self, client, url, headers, status):
        response = client.get(url, headers=headers)

        assert (response.status_code, response["Cache-Control"]) == (status, "no-store")

    def test_allows_embedding_by_other_sites(self, client, url):
        assert client.get(url)["Cross-Origin-Resource-Policy"] == "cross-origin"

    def test_returns_no_content_for_head(self, client, url):
        response = client.head(url)

        assert (response.status_code, content_of(response)) == (200, b"")
        assert response["Content-Length"] == str(len(PIXELS))

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_rejects_unsafe_methods(self, client, url, method):
        response = getattr(client, method)(url)

        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD"

    def test_is_304_for_a_matching_etag(self, client, url):
        tag = client.get(url)["ETag"]

        response = client.get(url, headers={"If-None-Match": tag})

        assert (response.status_code, response.content) == (304, b"")
        assert response["ETag"] == tag
        assert "immutable" in response["Cache-Control"]

    def test_is_200_for_another_etag(self, client, url):
        assert client.get(url, headers={"If-None-Match": '"another"'}).status_code == 200

    @pytest.mark.parametrize(
        "value",
        [
            "bytes=0-9",
            "bytes=10-",
            "bytes=0-999999",
            f"bytes={len(PIXELS) - 1}-",
            f"bytes={len(PIXELS)}-",
            "bytes=999999999999-",
            "bytes=5-2",
            "bytes=-5",
            "bytes=0-1,4-5",
            "bytes=x-y",
            "lines=0-9",
            f"bytes={'9' * 30}-",
            "",
        ],
    )
    def test_returns_the_whole_image_for_any_range(self, client, url, value):
        response = client.get(url, headers={"Range": value})

        assert (response.status_code, content_of(response)) == (200, PIXELS)
        assert response["Content-Length"] == str(len(PIXELS))
        assert "Content-Range" not in response

    def test_offers_no_ranges(self, client, url):
        assert "Accept-Ranges" not in client.get(url)

    @pytest.mark.parametrize("if_range", ["own", '"another"'])
    def test_returns_the_whole_image_for_a_resumed_download(self, client, url, if_range):
        tag = client.get(url)["ETag"] if if_range == "own" else if_range

        response = client.get(url, headers={"Range": "bytes=10-", "If-Range": tag})

        assert (response.status_code, content_of(response)) == (200, PIXELS)

    def test_returns_no_range_of_a_head(self, client, url):
        assert client.head(url, headers={"Range": "bytes=0-3"}).status_code == 200

    def test_is_404_for_a_missing_file(self, client):
        name = str(MediaName.for_content("products", uuid7(), "ab" * 32, ".png"))

        assert client.get(default_storage.url(name)).status_code == 404

    @pytest.mark.parametrize("tag", ["*", '"{name}"'])
    def test_is_404_for_a_matching_etag_of_a_deleted_file(self, client, url, tag):
        name = url.rpartition("/")[2]
        default_storage.delete(url.removeprefix("/media/"))

        headers = {"If-None-Match": tag.format(name=name)}

        assert client.get(url, headers=headers).status_code == 404

    @pytest.mark.parametrize(
        "path",
        [
            "../config/settings.py",
            "..%2f..%2fconfig%2fsettings.py",
            "products/../../config/settings.py",
            "products/ab/..%2f..%2f..%2fconfig%2fsettings.py",
            "products/ab/%2e%2e/%2e%2e/secret.png",
            "%2fetc%2fpasswd",
            "/etc/passwd",
            "products/ab/mug.png%00",
            "products/ab/mug%00.png",
            "products/ab/mug.png%0a",
            "products/ab/.mug.png",
            "products/ab/..png",
            "products/ab/mug.svg",
            "products/ab/mug.html",
            "products/ab/mug.png/",
            "products/ab",
            "products/ab/",
            "products\\ab\\mug.png",
            "health/probe",
            "%ff%fe.png",
            "",
        ],
    )
    def test_is_404_for_other_paths(self, client, path):
        assert client.get(f"/media/{path}").status_code == 404

    @pytest.mark.parametrize(
        "name",
        ["health/probe", "products/ab/.part.png", "products/ab/mug.svg", "mug.png", "a/ab/MUG.png"],
    )
    def test_is_404_for_files_with_other_names(self, client, name):
        default_storage.save(name, ContentFile(PIXELS))

        assert client.get(f"/media/{name}").status_code == 404
