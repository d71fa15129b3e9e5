"""The service as its users have it: real processes, a real broker, and some of them killed."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.db import connection

from tests.support.buckets import bucket_variables, new_bucket
from tests.support.pictures import jpeg
from tests.support.stack import Stack, until

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def database_url() -> str:
    """Name the tests' database for another process."""
    of = connection.settings_dict
    return (
        f"postgres://{of['USER']}:{of['PASSWORD']}@{of['HOST']}:{of['PORT'] or 5432}/{of['NAME']}"
    )


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[Stack]:
    stack = Stack(database_url(), folder, **environment)
    stack.start()
    try:
        stack.wait_until_ready()
        yield stack
    finally:
        stack.stop()


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running(tmp_path) as stack:
        yield stack


@pytest.fixture
def stack_with_bucket(tmp_path: Path, s3_server: str) -> Iterator[Stack]:
    with running(tmp_path, **bucket_variables(new_bucket(s3_server))) as stack:
        yield stack


class TestThumbnail:
    def test_is_ready_a_moment_after_the_upload(self, stack):
        created = stack.create_product(jpeg(size=(1200, 800)))
        assert created.status == 201, created.content
        assert created.json["thumbnail_status"] == "pending"

        product = stack.wait_for_thumbnail("mug", seconds=8)

        thumbnail = stack.request("GET", product["thumbnail"].removeprefix(stack.url))
        assert thumbnail.headers["Content-Type"] == "image/webp"

    def test_is_ready_a_moment_later_in_a_bucket_too(self, stack_with_bucket):
        stack = stack_with_bucket
        stack.create_product(jpeg(size=(1200, 800)))

        product = stack.wait_for_thumbnail("mug", seconds=8)

        thumbnail = stack.request("GET", product["thumbnail"].removeprefix(stack.url))
        assert thumbnail.headers["Content-Type"] == "image/webp"
        assert not list(stack.folder.glob("media/**/*.webp"))

    def test_comes_after_the_broker_was_away(self, stack):
        stack.kill("broker")
        start = time.monotonic()
        created = stack.create_product(jpeg())
        assert (created.status, time.monotonic() - start < 2) == (201, True)
        assert stack.checks()["redis"] == "error"

        stack.start("broker")

        assert stack.wait_for_thumbnail("mug")["thumbnail_status"] == "ready"

    def test_comes_after_the_broker_was_frozen(self, stack):
        stack.signal("broker", signal.SIGSTOP)
        start = time.monotonic()
        created = stack.create_product(jpeg())
        assert (created.status, time.monotonic() - start < 2) == (201, True)

        stack.signal("broker", signal.SIGCONT)

        assert stack.wait_for_thumbnail("mug")["thumbnail_status"] == "ready"

    def test_comes_after_the_worker_was_killed(self, stack):
        stack.kill("worker")
        stack.create_product(jpeg())

        stack.start("worker")

        assert stack.wait_for_thumbnail("mug")["thumbnail_status"] == "ready"

    def test_comes_though_the_broker_forgot_everything(self, stack):
        stack.kill("worker")
        stack.create_product(jpeg())
        stack.kill("broker")
        for path in stack.folder.glob("appendonlydir/*"):
            os.remove(path)

        stack.start("broker", "worker")

        assert stack.wait_for_thumbnail("mug")["thumbnail_status"] == "ready"


class TestBody:
    """Bodies that only a real server reads: in chunks, and without a length."""

    def test_may_come_in_chunks(self, stack):
        stack.create_product()
        picture = jpeg(size=(1200, 800))
        chunks = (picture[at : at + 1000] for at in range(0, len(picture), 1000))
        connection = HTTPConnection("127.0.0.1", stack.port, timeout=20)

        connection.request(
            "PUT", "/api/products/mug/image/", chunks, {"Content-Type": "image/jpeg"}
        )

        assert connection.getresponse().status == 200
        assert stack.wait_for_thumbnail("mug")["image_width"] == 1200

    @pytest.mark.parametrize("chunks", [b"", b"5\r\nhel", b"nonsense\r\n", b"2\r\n{}?!", b"-1\r\n"])
    def test_is_refused_where_its_chunks_are_none(self, stack, chunks):
        head = (
            "POST /api/products/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        )
        with socket.create_connection(("127.0.0.1", stack.port), timeout=20) as client:
            client.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks)
            client.shutdown(socket.SHUT_WR)

            assert client.recv(4096).split()[1] == b"400"


class TestWorker:
    def test_finishes_its_task_when_it_is_asked_to_stop(self, stack):
        slugs = [stack.create_product(jpeg(size=(4000, 3000))).json["slug"] for _ in range(4)]
        until(lambda: "processing" in {status(stack, slug) for slug in slugs}, 20)

        worker = stack.processes["worker"]
        os.kill(worker.pid, signal.SIGTERM)

        assert worker.wait(30) == 0
        assert "processing" not in {status(stack, slug) for slug in slugs}


def status(stack: Stack, slug: str) -> str:
    return stack.request("GET", f"/api/products/{slug}/").json["thumbnail_status"]


class TestRaces:
    def test_fifty_creations_of_one_name_give_fifty_slugs(self, stack):
        with ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(lambda _: stack.create_product(), range(50)))

        assert {answer.status for answer in answers} == {201}
        assert len({answer.json["slug"] for answer in answers}) == 50

    def test_one_of_many_gets_a_chosen_slug(self, stack):
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: stack.create_product(slug="mug"), range(20)))

        assert sorted(answer.status for answer in answers) == [201] + [409] * 19

    def test_opposite_moves_form_no_circle(self, stack):
        for slug in ("a", "b"):
            stack.request("POST", "/api/categories/", {"name": slug, "slug": slug})
        moves = [("a", "b"), ("b", "a")] * 10

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda move: move_below(stack, *move), moves))

        assert set(answers) == {200, 409}
        parents = {slug: stack.request("GET", f"/api/categories/{slug}/").json for slug in "ab"}
        assert [parents["a"]["parent"], parents["b"]["parent"]].count(None) == 1


def move_below(stack: Stack, slug: str, parent: str) -> int:
    return stack.request("PATCH", f"/api/categories/{slug}/", {"parent": parent}).status
