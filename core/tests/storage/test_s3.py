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


def stored(options: dict[str, str], name: str = NAME) -> dict:
    """Ask the server itself what it knows of a file."""
    client = boto3.client(
        "s3",
        endpoint_url=options["endpoint_url"],
        region_name=options["region_name"],
        aws_access_key_id=options["access_key"],
        aws_secret_access_key=options["secret_key"],
    )
    return client.head_object(Bucket=options["bucket_name"], Key=name)


class TestS3MediaStorage:
    def test_gives_back_what_was_stored(self, storage):
        name = storage.save(NAME, ContentFile(b"pixels"))

        assert name == NAME
        with storage.open(NAME) as file:
            assert (file.size, file.read()) == (6, b"pixels")

    def test_gives_back_a_picture_of_the_largest_size(self, storage, settings):
        content = bytes(range(256)) * (settings.IMAGE_MAX_BYTES // 256)
        storage.save(NAME, ContentFile(content))

        with storage.open(NAME) as file:
            assert file.read() == content

    def test_stores_the_same_again_under_the_same_name(self, storage):
        names = {storage.save(NAME, ContentFile(b"pixels")) for _ in range(2)}

        assert names == {NAME}
        assert storage.listdir("products/ab") == ([], ["mug.png"])

    def test_stores_a_file_whole_that_was_read_before(self, storage):
        content = ContentFile(b"pixels")
        content.read()

        storage.save(NAME, content)

        with storage.open(NAME) as file:
            assert file.read() == b"pixels"

    def test_tells_what_a_file_is_by_our_name_and_not_by_the_client_s_word(self, storage, options):
        storage.save(NAME, SimpleUploadedFile("evil.html", b"pixels", "text/html"))

        assert stored(options)["ContentType"] == "image/png"

    def test_lets_files_be_kept_for_a_year(self, storage, options):
        storage.save(NAME, ContentFile(b"pixels"))

        assert stored(options)["CacheControl"] == "public, max-age=31536000, immutable"

    def test_lists_folders_and_files(self, storage):
        for name in ("products/ab/one.png", "products/cd/two.png", "health/probe"):
            storage.save(name, ContentFile(b"pixels"))

        assert storage.listdir("products") == (["ab", "cd"], [])
        assert storage.listdir("products/ab") == ([], ["one.png"])
        assert storage.listdir("nothing") == ([], [])

    def test_knows_when_a_file_was_written(self, storage):
        storage.save(NAME, ContentFile(b"pixels"))

        assert abs(storage.get_modified_time(NAME) - timezone.now()) < timedelta(minutes=1)

    def test_removes_a_file_and_does_not_mind_if_it_is_gone(self, storage):
        storage.save(NAME, ContentFile(b"pixels"))

        for _ in range(2):
            storage.delete(NAME)

        assert not storage.exists(NAME)

    @pytest.mark.parametrize("call", ["open", "get_modified_time"])
    def test_says_that_a_file_is_not_there(self, storage, call):
        with pytest.raises(FileNotFoundError):
            CALLS[call](storage)

    def test_never_leaves_its_bucket(self, storage):
        with pytest.raises(SuspiciousOperation):
            storage.save("../mug.png", ContentFile(b"pixels"))

    def test_leads_to_its_files_under_an_address_of_ours(self, storage):
        assert storage.url(NAME) == f"/media/{NAME}"

    def test_leads_to_its_files_by_way_of_a_cdn(self, storage, settings):
        settings.MEDIA_URL = "https://cdn.example.com/shop/"

        assert storage.url(NAME) == f"https://cdn.example.com/shop/{NAME}"


@pytest.fixture
def away() -> S3MediaStorage:
    address = f"http://127.0.0.1:{unused_port()}"
    return S3MediaStorage(**CREDENTIALS, bucket_name="media", endpoint_url=address)


@pytest.fixture
def frozen() -> Iterator[S3MediaStorage]:
    with unresponsive_port() as port:
        address = f"http://127.0.0.1:{port}"
        yield S3MediaStorage(**CREDENTIALS, bucket_name="media", endpoint_url=address)


@pytest.fixture
def fickle() -> Iterator[S3MediaStorage]:
    """A bucket that promises a hundred bytes, sends seven, and goes away."""

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


class TimeIsUp(Exception):
    """What a worker raises in the middle of anything."""


class TestUnavailableS3MediaStorage:
    @pytest.mark.parametrize("call", CALLS)
    def test_says_so(self, call, away):
        with pytest.raises(StorageUnavailable):
            CALLS[call](away)

    @pytest.mark.parametrize("call", ["save", "open", "listdir"])
    @pytest.mark.parametrize("name", ["no-such-bucket", "no bucket's name"])
    def test_says_so_where_there_is_no_such_bucket(self, options, call, name):
        storage = S3MediaStorage(**options | {"bucket_name": name})

        with pytest.raises(StorageUnavailable):
            CALLS[call](storage)

    def test_says_so_where_a_file_breaks_off(self, fickle):
        with pytest.raises(StorageUnavailable):
            fickle.open(NAME)

    def test_is_waited_for_by_one_call_alone(self, frozen):
        waits = []
        for _ in range(3):
            start = monotonic()
            with pytest.raises(StorageUnavailable):
                frozen.exists(NAME)
            waits.append(monotonic() - start)

        assert waits[0] < 10
        assert max(waits[1:]) < waits[0] / 10

    def test_lets_a_time_limit_through(self, storage, monkeypatch):
        def interrupted(*args: object, **kwargs: object) -> None:
            raise TimeIsUp

        monkeypatch.setattr(HTTPConnectionPool, "urlopen", interrupted)

        with pytest.raises(TimeIsUp):
            storage.save(NAME, ContentFile(b"pixels"))
        assert storage.circuit_breaker.is_closed

    def test_keeps_its_address_for_the_log(self, away, caplog):
        port = away.endpoint_url.rpartition(":")[2]

        with caplog.at_level(logging.WARNING), pytest.raises(StorageUnavailable) as caught:
            CALLS["save"](away)

        assert port not in str(caught.value)
        assert port in caplog.text
