"""The whole service as real processes, some of which are killed."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.db import connection

from tests.support.images import jpeg
from tests.support.servers.buckets import bucket_variables, create_bucket
from tests.support.servers.service import Service, running
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def database_url() -> str:
    """Return the URL of the test database, for another process."""
    of = connection.settings_dict
    credentials, host = f"{of['USER']}:{of['PASSWORD']}", f"{of['HOST']}:{of['PORT'] or 5432}"
    return f"postgres://{credentials}@{host}/{of['NAME']}"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with running(Service(database_url(), tmp_path)) as service:
        yield service


@pytest.fixture
def web_service(tmp_path: Path) -> Iterator[Service]:
    """Yield a service without a worker, which starts in half the time."""
    with running(Service(database_url(), tmp_path), "broker", "web") as service:
        yield service


@pytest.fixture
def service_with_bucket(tmp_path: Path, s3_server: str) -> Iterator[Service]:
    environment = bucket_variables(create_bucket(s3_server))
    with running(Service(database_url(), tmp_path, **environment)) as service:
        yield service


class TestThumbnail:
    def test_is_ready_a_moment_after_the_upload(self, service):
        created = service.create_product(jpeg(size=(1200, 800)))
        assert created.status == 201, created.content
        assert created.json["thumbnail_status"] == "pending"

        product = service.wait_for_thumbnail("mug", timeout=8)

        thumbnail = service.request("GET", product["thumbnail"].removeprefix(service.url))
        assert thumbnail.headers["Content-Type"] == "image/webp"

    def test_is_ready_a_moment_later_in_a_bucket_too(self, service_with_bucket):
        service = service_with_bucket
        service.create_product(jpeg(size=(1200, 800)))

        product = service.wait_for_thumbnail("mug", timeout=8)

        thumbnail = service.request("GET", product["thumbnail"].removeprefix(service.url))
        assert thumbnail.headers["Content-Type"] == "image/webp"
        assert not list(service.folder.glob("media/**/*.webp"))

    def test_is_ready_after_the_broker_was_unavailable(self, service):
        service.kill("broker")
        start = time.monotonic()
        created = service.create_product(jpeg())
        assert (created.status, time.monotonic() - start < 2) == (201, True)
        assert service.checks()["redis"] == "error"

        service.start("broker")

        assert service.wait_for_thumbnail("mug")["thumbnail_status"] == "ready"

    def test_is_ready_after_the_broker_was_frozen(self, service):
        service.signal("broker", signal.SIGSTOP)
        start = time.monotonic()
        created = service.create_product(jpeg())
        assert (created.status, time.monotonic() - start < 2) == (201, True)

        service.signal("broker", signal.SIGCONT)

        assert service.wait_for_thumbnail("mug")["thumbnail_status"] == "ready"

    def test_is_ready_after_the_worker_was_killed(self, service):
        service.kill("worker")
        service.create_product(jpeg())

        service.start("worker")

        assert service.wait_for_thumbnail("mug")["thumbnail_status"] == "ready"

    def test_is_ready_after_the_broker_lost_all_messages(self, service):
        service.kill("worker")
        service.create_product(jpeg())
        service.kill("broker")
        for path in service.folder.glob("appendonlydir/*"):
            os.remove(path)

        service.start("broker", "worker")

        assert service.wait_for_thumbnail("mug")["thumbnail_status"] == "ready"


class TestBody:
    """Bodies that only a real server reads: in chunks, and without a length."""

    def test_may_come_in_chunks(self, service):
        service.create_product()
        image = jpeg(size=(1200, 800))
        chunks = (image[at : at + 1000] for at in range(0, len(image), 1000))
        connection = HTTPConnection("127.0.0.1", service.port, timeout=20)

        connection.request(
            "PUT", "/api/products/mug/image/", chunks, {"Content-Type": "image/jpeg"}
        )

        assert connection.getresponse().status == 200
        assert service.wait_for_thumbnail("mug")["image_width"] == 1200

    @pytest.mark.parametrize("chunks", [b"", b"5\r\nhel", b"nonsense\r\n", b"2\r\n{}?!", b"-1\r\n"])
    def test_is_rejected_if_its_chunks_are_malformed(self, web_service, chunks):
        head = (
            "POST /api/products/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        )
        with socket.create_connection(("127.0.0.1", web_service.port), timeout=20) as client:
            client.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks)
            client.shutdown(socket.SHUT_WR)

            assert client.recv(4096).split()[1] == b"400"


class TestWorker:
    def test_finishes_its_task_on_sigterm(self, service):
        slugs = [service.create_product(jpeg(size=(4000, 3000))).json["slug"] for _ in range(4)]
        wait_until(lambda: "processing" in {status(service, slug) for slug in slugs}, 20)

        worker = service.processes["worker"]
        os.kill(worker.pid, signal.SIGTERM)

        assert worker.wait(30) == 0
        assert "processing" not in {status(service, slug) for slug in slugs}


def status(service: Service, slug: str) -> str:
    return service.request("GET", f"/api/products/{slug}/").json["thumbnail_status"]


class TestRaces:
    def test_fifty_creations_of_one_name_give_fifty_slugs(self, web_service):
        with ThreadPoolExecutor(50) as pool:
            responses = list(pool.map(lambda _: web_service.create_product(), range(50)))

        assert {response.status for response in responses} == {201}
        assert len({response.json["slug"] for response in responses}) == 50

    def test_one_of_many_gets_a_requested_slug(self, web_service):
        with ThreadPoolExecutor(20) as pool:
            responses = list(pool.map(lambda _: web_service.create_product(slug="mug"), range(20)))

        assert sorted(response.status for response in responses) == [201] + [409] * 19

    def test_opposite_moves_form_no_cycle(self, web_service):
        for slug in ("a", "b"):
            web_service.request("POST", "/api/categories/", {"name": slug, "slug": slug})
        moves = [("a", "b"), ("b", "a")] * 10

        with ThreadPoolExecutor(8) as pool:
            responses = list(pool.map(lambda move: move_below(web_service, *move), moves))

        assert set(responses) == {200, 409}
        parents = {
            slug: web_service.request("GET", f"/api/categories/{slug}/").json for slug in "ab"
        }
        assert [parents["a"]["parent"], parents["b"]["parent"]].count(None) == 1


def move_below(service: Service, slug: str, parent: str) -> int:
    return service.request("PATCH", f"/api/categories/{slug}/", {"parent": parent}).status
