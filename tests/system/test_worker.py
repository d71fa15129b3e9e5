"""A worker and Flower as real processes, on a Redis that has one database and a password."""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from redis import Redis

from config.environment.values import ROOT
from tests.support.http_client import HttpClient
from tests.support.servers.brokers import Broker, running_broker
from tests.support.servers.ports import unused_port
from tests.support.waiting import wait_until

SECRETS = {
    "SECRET_KEY": "hush-key",
    "SECRET_KEY_FALLBACKS": "hush-former-key",
    "FLOWER_BASIC_AUTH": "ann:hush-flower",
    "S3_ACCESS_KEY": "hush-access",
    "S3_SECRET_KEY": "hush-s3",
}
PASSWORD = "hush-redis"
ONE = "shop-one"


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with running_broker("--databases", "1", "--requirepass", PASSWORD) as server:
        yield server


@pytest.fixture(scope="module")
def redis(broker) -> Redis:
    return Redis(port=broker.port, password=PASSWORD, decode_responses=True)


@pytest.fixture(scope="module")
def environment(broker, tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("worker")
    kept = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings"}
    return kept | SECRETS | {
        "DEBUG": "True",
        "INSTALLATION": ONE,
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "REDIS_URL": f"redis://:{PASSWORD}@127.0.0.1:{broker.port}",
        "MEDIA_ROOT": str(folder / "media"),
        "FLOWER_PORT": str(unused_port()),
        "TMPDIR": str(folder),
        "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",  # ignored here, though Celery reads it
    }  # fmt: skip


def celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "config", *arguments]


def start(environment: dict[str, str], program: str, *options: str) -> subprocess.Popen:
    with Path(environment["TMPDIR"], f"{program}.log").open("wb") as log:
        return subprocess.Popen(
            celery(program, *options), cwd=ROOT, env=environment, stdout=log, stderr=log
        )


@pytest.fixture(scope="module")
def worker(environment, redis) -> Iterator[subprocess.Popen]:
    migrate = [sys.executable, "manage.py", "migrate_locked", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
    options = ["--concurrency", "1", "--without-gossip", "--without-mingle"]
    process = start(environment, "worker", *options)
    beats = wait_until(lambda: [key for key in redis.scan_iter() if key.endswith("heartbeat")], 30)
    assert beats == [f"{ONE}.cache:1:worker-heartbeat"]
    yield process
    process.terminate()
    process.wait(30)


@pytest.fixture(scope="module")
def flower(environment, worker) -> Iterator[str]:
    process = start(environment, "flower", "--conf=deploy/container/flowerconfig.py")
    url = f"http://127.0.0.1:{environment['FLOWER_PORT']}"
    assert wait_until(lambda: get_page(f"{url}/healthcheck") == "OK", 30)
    yield url
    process.terminate()
    process.wait(30)


def get_page(url: str) -> str:
    """Return a page of Flower; nothing while it is unavailable."""
    login = base64.b64encode(SECRETS["FLOWER_BASIC_AUTH"].encode()).decode()
    try:
        response = HttpClient(url).request("GET", "", Authorization=f"Basic {login}")
    except OSError:
        return ""
    return response.content.decode() if response.status == 200 else ""


def message(queue: str, task: str = "products.tasks.generate_thumbnail", **changes: Any) -> str:
    """Return a message as Celery stores it in Redis, with these parts changed."""
    return json.dumps({
        "body": base64.b64encode(b'[[], {"product_id": "x"}, {}]').decode(),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"task": task, "id": "1", "lang": "py"},
        "properties": {
            "delivery_tag": "1",
            "body_encoding": "base64",
            "delivery_info": {"exchange": "", "routing_key": queue},
        },
    } | changes)  # fmt: skip


def unreadable_messages(queue: str) -> list[str | bytes]:
    return [
        "{not JSON",
        b"\xff\xfe",
        "null",
        "[1, 2]",
        "[" * 5000,
        message(queue, body="!"),
        message(queue, body=5),
        message(queue, headers=None),
        message(queue, headers=[]),
        message(queue, headers={"task": "products.tasks.generate_thumbnail"}),
        message(queue, headers={"task": ["x"], "id": "1"}),
        message(queue, properties={}),
        message(queue, task="another.application"),
        message(queue, **{"content-type": "application/x-python-serialize"}),
        message(queue, **{"content-encoding": "utf-99"}),
    ]


class TestWorker:
    def test_survives_unreadable_messages_and_keeps_them(self, worker, redis):
        messages = unreadable_messages(f"{ONE}.tasks")
        broken = base64.b64encode(b"{broken").decode()  # which makes its task fail
        redis.lpush(f"{ONE}.tasks", *messages, message(f"{ONE}.tasks", body=broken))

        assert wait_until(lambda: redis.llen(f"{ONE}.unreadable") == len(messages), 30)
        assert wait_until(lambda: redis.llen(f"{ONE}.tasks") == 0, 10)
        assert worker.poll() is None

    def test_leaves_the_queue_of_another_application_alone(self, worker, redis):
        redis.lpush("celery", message("celery", "another.application"))
        # What that application received long ago, and has not acknowledged.
        redis.hset("unacked", "tag", json.dumps([{}, "celery", "celery"]))
        redis.zadd("unacked_index", {"tag": 0})
        redis.lpush(f"{ONE}.tasks", message(f"{ONE}.tasks", "another.application"))

        assert wait_until(lambda: redis.llen(f"{ONE}.tasks") == 0, 10)
        time.sleep(6)  # the worker restores unacknowledged messages every five seconds
        assert (redis.llen("celery"), redis.hlen("unacked")) == (1, 1)

    def test_leaves_another_installation_alone(self, worker, redis, environment):
        redis.lpush("shop-two.tasks", message("shop-two.tasks"))
        two = environment | {"INSTALLATION": "shop-two"}
        code = (
            "import django; django.setup();"
            "from core.health.heartbeat import is_worker_alive; from config.celery import app;"
            "print(is_worker_alive(), app.control.ping(timeout=1))"
        )

        outputs = [
            subprocess.run(
                [sys.executable, "-c", code],
                cwd=ROOT,
                env=variables,
                capture_output=True,
                text=True,
            ).stdout
            for variables in (two, environment)
        ]

        assert outputs[0] == "False []\n"
        assert outputs[1].startswith("True [{'celery@")
        assert redis.llen("shop-two.tasks") == 1

    @pytest.mark.parametrize("command", ["conf", "report", "stats", "active_queues", "registered"])
    def test_replies_without_a_secret(self, worker, environment, command):
        done = subprocess.run(
            celery("inspect", command), cwd=ROOT, env=environment, capture_output=True, text=True
        )

        assert "1 node online" in done.stdout
        assert "hush" not in done.stdout + done.stderr


class TestFlower:
    def test_shows_no_secret(self, flower):
        def workers() -> dict[str, Any]:
            return json.loads(get_page(f"{flower}/api/workers?refresh=1") or "{}")

        (name,) = wait_until(workers, 30)
        paths = [
            "/",
            "/workers",
            f"/worker/{name}",
            "/tasks",
            "/broker",
            "/metrics",
            "/api/workers",
        ]
        pages = {path: get_page(flower + path) for path in paths}

        assert [path for path, text in pages.items() if not text] == []
        assert [path for path, text in pages.items() if "hush" in text] == []
        assert f"{ONE}.tasks" in pages[f"/worker/{name}"]


class TestForeignApplication:
    def test_does_not_control_our_worker(self, worker, broker):
        url = f"redis://:{PASSWORD}@127.0.0.1:{broker.port}/0"
        with Celery("another", broker=url, set_as_current=False) as other:
            replies = other.control.ping(timeout=1)

        assert replies == []
