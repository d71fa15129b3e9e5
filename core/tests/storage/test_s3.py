import logging
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from time import monotonic

import boto3
import pytest
from django.core.exceptions import SuspiciousOperation
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from urllib3 import HTTPConnectionPool

from core.errors import StorageUnavailable
from core.storage.s3 import S3MediaStorage
from tests.support.servers.buckets import CREDENTIALS, create_bucket
from tests.support.servers.ports import unresponsive_port, unused_port

NAME = "products/ab/mug.png"
CALLS = {
    "save": lambda storage: storage.save(NAME, ContentFile(b"pixels")),
    "open": lambda storage: storage.open(NAME),
    "delete": lambda storage: storage.delete(NAME),
    "exists": lambda storage: storage.exists(NAME),
    "listdir": lambda storage: storage.listdir("products"),
    "get_modified_time": lambda storage: storage.get_modified_time(NAME),
}


@pytest.fixture
def options(s3_server: str) -> dict[str, str]:
    return create_bucket(s3_server)


@pytest.fixture
def storage(options: dict[str, str]) -> S3MediaStorage:
    return S3MediaStorage(**options)


def head_object(options: dict[str, str], name: str = NAME) -> dict:
    """Return the headers of an object on the server."""
    client = boto3.client(
        "s3",
        endpoint_url=options["endpoint_url"],
        region_name=options["region_name"],
        aws_access_key_id=options["access_key"],
        aws_secret_access_key=options["secret_key"],
    )
    return client.head_object(Bucket=options["bucket_name"], Key=name)


class TestS3MediaStorage:
    def test_returns_stored_content(self, storage):
        name = storage.save(NAME, ContentFile(b"pixels"))

        assert name == NAME
        with storage.open(NAME) as file:
            assert (file.size, file.read()) == (6, b"pixels")

    def test_returns_an_image_of_the_maximum_size(self, storage, settings):
        content = bytes(range(256)) * (settings.IMAGE_MAX_BYTES // 256)
        storage.save(NAME, ContentFile(content))

        with storage.open(NAME) as file:
            assert file.read() == content

    def test_overwrites_the_same_name(self, storage):
        names = {storage.save(NAME, ContentFile(b"pixels")) for _ in range(2)}

        assert names == {NAME}
        assert storage.listdir("products/ab") == ([], ["mug.png"])

    def test_rewinds_a_file_that_was_read_before(self, storage):
        content = ContentFile(b"pixels")
        content.read()

        storage.save(NAME, content)

        with storage.open(NAME) as file:
            assert file.read() == b"pixels"

    def test_derives_the_media_type_from_the_name(self, storage, options):
        storage.save(NAME, SimpleUploadedFile("evil.html", b"pixels", "text/html"))

        assert head_object(options)["ContentType"] == "image/png"

    def test_makes_files_cacheable_for_a_year(self, storage, options):
        storage.save(NAME, ContentFile(b"pixels"))

        assert head_object(options)["CacheControl"] == "public, max-age=31536000, immutable"

    def test_lists_directories_and_files(self, storage):
        for name in ("products/ab/one.png", "products/cd/two.png", "health/probe"):
            storage.save(name, ContentFile(b"pixels"))

        assert storage.listdir("products") == (["ab", "cd"], [])
        assert storage.listdir("products/ab") == ([], ["one.png"])
        assert storage.listdir("nothing") == ([], [])

    def test_returns_the_modification_time(self, storage):
        storage.save(NAME, ContentFile(b"pixels"))

        assert abs(storage.get_modified_time(NAME) - timezone.now()) < timedelta(minutes=1)

    def test_deletes_a_file_even_if_it_does_not_exist(self, storage):
        storage.save(NAME, ContentFile(b"pixels"))

        for _ in range(2):
            storage.delete(NAME)

        assert not storage.exists(NAME)

    @pytest.mark.parametrize("call", ["open", "get_modified_time"])
    def test_raises_file_not_found(self, storage, call):
        with pytest.raises(FileNotFoundError):
            CALLS[call](storage)

    def test_rejects_names_outside_the_bucket(self, storage):
        with pytest.raises(SuspiciousOperation):
            storage.save("../mug.png", ContentFile(b"pixels"))

    def test_returns_a_url_of_this_service(self, storage):
        assert storage.url(NAME) == f"/media/{NAME}"

    def test_returns_a_url_under_media_url(self, storage, settings):
        settings.MEDIA_URL = "https://cdn.example.com/shop/"

        assert storage.url(NAME) == f"https://cdn.example.com/shop/{NAME}"


@pytest.fixture
def unavailable() -> S3MediaStorage:
    address = f"http://127.0.0.1:{unused_port()}"
    return S3MediaStorage(**CREDENTIALS, bucket_name="media", endpoint_url=address)


@pytest.fixture
def frozen() -> Iterator[S3MediaStorage]:
    with unresponsive_port() as port:
        address = f"http://127.0.0.1:{port}"
        yield S3MediaStorage(**CREDENTIALS, bucket_name="media", endpoint_url=address)


@pytest.fixture
def disconnecting() -> Iterator[S3MediaStorage]:
    """Return a bucket that announces a hundred bytes, sends seven, and disconnects."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"partial")

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.handle_request, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        yield S3MediaStorage(**CREDENTIALS, bucket_name="media", endpoint_url=address)


class TimeUp(Exception):
    """Stands for Celery's soft time limit."""


class TestUnavailableS3MediaStorage:
    @pytest.mark.parametrize("call", CALLS)
    def test_raises_storage_unavailable(self, call, unavailable):
        with pytest.raises(StorageUnavailable):
            CALLS[call](unavailable)

    @pytest.mark.parametrize("call", ["save", "open", "listdir"])
    @pytest.mark.parametrize("name", ["no-such-bucket", "no bucket's name"])
    def test_raises_storage_unavailable_for_an_unknown_bucket(self, options, call, name):
        storage = S3MediaStorage(**options | {"bucket_name": name})

        with pytest.raises(StorageUnavailable):
            CALLS[call](storage)

    def test_raises_storage_unavailable_for_a_truncated_response(self, disconnecting):
        with pytest.raises(StorageUnavailable):
            disconnecting.open(NAME)

    def test_opens_the_circuit_after_one_timeout(self, frozen):
        waits = []
        for _ in range(3):
            start = monotonic()
            with pytest.raises(StorageUnavailable):
                frozen.exists(NAME)
            waits.append(monotonic() - start)

        assert waits[0] < 10
        assert max(waits[1:]) < waits[0] / 10

    def test_raises_a_time_limit_unchanged(self, storage, monkeypatch):
        def interrupted(*args: object, **kwargs: object) -> None:
            raise TimeUp

        monkeypatch.setattr(HTTPConnectionPool, "urlopen", interrupted)

        with pytest.raises(TimeUp):
            storage.save(NAME, ContentFile(b"pixels"))
        assert storage.circuit_breaker.is_closed

    def test_writes_host_names_to_the_log_only(self, unavailable, caplog):
        port = unavailable.endpoint_url.rpartition(":")[2]

        with caplog.at_level(logging.WARNING), pytest.raises(StorageUnavailable) as caught:
            CALLS["save"](unavailable)

        assert port not in str(caught.value)
        assert port in caplog.text
