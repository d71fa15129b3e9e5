import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from core.health import checks
from core.health.checks import Check, Down, report, state_of
from core.health.heartbeat import record_heartbeat
from tests.support.servers.brokers import running_broker
from tests.support.servers.ports import unresponsive_port, unused_port

ROOT = Path(__file__).resolve().parents[3]
HANGS = 5  # seconds: by then nobody would have waited for the answer
PROBE = """
import django, json, time
django.setup()
from django.test import Client

def ask(path):
    start = time.monotonic()
    response = Client().get(path)
    return [response.status_code, response.json(), time.monotonic() - start]

print("ANSWER", json.dumps([ask("/health/"), ask("/health/ready/"), ask("/health/live/")]))
"""


@pytest.fixture
def redis_is_up(settings) -> Iterator[None]:
    with running_broker() as server:
        settings.REDIS_URL = server.url
        yield


@pytest.fixture
def redis_is_away(settings) -> None:
    settings.REDIS_URL = f"redis://secret-user:secret-word@127.0.0.1:{unused_port()}/0"


@pytest.fixture
def redis_is_frozen(settings) -> Iterator[None]:
    with unresponsive_port() as port:
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        yield


@pytest.fixture
def worker_is_up() -> None:
    record_heartbeat()


@pytest.fixture
def folder_is_gone(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "file"
    settings.MEDIA_ROOT.write_bytes(b"")


def answers_of_a_service_on(database_url: str) -> list[tuple[int, dict, float]]:
    """Start a service on another database; give status, body and seconds of each probe's answer."""
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROBE], cwd=ROOT, env=environment, capture_output=True, timeout=60
    )
    return json.loads(done.stdout.partition(b"ANSWER")[2])


@pytest.mark.django_db
class TestReport:
    def test_is_ok_when_everything_answers(self, redis_is_up, worker_is_up):
        answer = report()

        assert answer["status"] == "ok", answer
        assert {state["status"] for state in answer["checks"].values()} == {"ok"}

    def test_names_everything_that_it_depends_on(self, redis_is_away):
        assert set(report()["checks"]) == {"database", "migrations", "redis", "worker", "media"}

    def test_tells_how_long_each_answer_took(self, redis_is_up, worker_is_up):
        assert all(state["latency_ms"] >= 0 for state in report()["checks"].values())

    def test_tells_the_version(self, settings, redis_is_away):
        assert report()["version"] == settings.VERSION

    def test_is_degraded_without_redis(self, redis_is_away, worker_is_up):
        answer = report()

        assert answer["status"] == "degraded"
        assert down(answer) == {"redis"}

    @pytest.mark.parametrize(
        "options",
        [
            ["--replicaof", "127.0.0.1 1"],  # a read-only replica, whose primary is away
            ["--maxmemory", "1mb", "--maxmemory-policy", "noeviction"],
        ],
    )
    def test_is_degraded_where_redis_answers_and_takes_nothing(
        self, settings, worker_is_up, options
    ):
        with running_broker(*options) as server:
            settings.REDIS_URL = server.url
            answer = report()

        assert (answer["status"], down(answer)) == ("degraded", {"redis"})
        assert answer["checks"]["redis"]["detail"] == "refuses to write: nothing can be queued"

    def test_is_degraded_without_a_worker(self, redis_is_up):
        answer = report()

        assert answer["status"] == "degraded"
        assert down(answer) == {"worker"}

    def test_is_degraded_without_a_place_for_pictures(
        self, redis_is_up, worker_is_up, folder_is_gone
    ):
        answer = report()

        assert answer["status"] == "degraded"
        assert down(answer) == {"media"}

    def test_is_degraded_and_in_time_when_redis_is_frozen(self, redis_is_frozen, worker_is_up):
        start = time.monotonic()

        answer = report()

        assert (answer["status"], down(answer)) == ("degraded", {"redis"})
        assert time.monotonic() - start < HANGS

    def test_is_in_time_when_something_would_never_answer(self, redis_is_up, monkeypatch):
        release = Event()
        monkeypatch.setitem(checks.CHECKS, "worker", Check(lambda: release.wait(30)))
        start = time.monotonic()

        answer = report()
        release.set()

        assert down(answer) == {"worker"}
        assert time.monotonic() - start < HANGS

    def test_gives_away_no_names_and_no_secrets(self, redis_is_away, folder_is_gone, tmp_path):
        text = json.dumps(report())

        assert not [word for word in ("secret", "127.0.0.1", str(tmp_path)) if word in text]

    def test_is_in_the_log_with_its_reason(self, redis_is_away, caplog):
        report()

        assert "redis is down" in caplog.text


def down(answer: dict) -> set[str]:
    return {name for name, state in answer["checks"].items() if state["status"] != "ok"}


class TestMigrations:
    @pytest.mark.django_db
    def test_is_content_with_a_migrated_database(self):
        checks.migrations()

    @pytest.mark.django_db
    def test_is_down_where_one_is_missing(self):
        MigrationRecorder(connection).migration_qs.latest("id").delete()

        with pytest.raises(Down):
            checks.migrations()


class TestDatabase:
    def test_is_an_error_when_it_is_away(self):
        health, ready, live = answers_of_a_service_on(
            f"postgres://secret-user:secret-word@127.0.0.1:{unused_port()}/catalog"
        )

        assert [health[0], ready[0], live[0]] == [503, 503, 200]
        assert health[1]["status"] == "error"
        assert health[1]["checks"]["database"]["status"] == "error"
        assert "secret" not in json.dumps(health)

    def test_is_an_error_in_time_when_it_is_frozen(self):
        with unresponsive_port() as port:
            answers = answers_of_a_service_on(f"postgres://user:word@127.0.0.1:{port}/catalog")

        assert [status for status, _, _ in answers] == [503, 503, 200]
        assert all(seconds < HANGS for _, _, seconds in answers)


class TestCheck:
    def test_gives_the_milliseconds_of_an_answer(self):
        assert 0 <= Check(lambda: None).ask().result(5) < 5000

    def test_gives_the_error_of_a_question(self):
        def question() -> None:
            raise Down("asleep")

        assert isinstance(Check(question).ask().exception(5), Down)

    def test_asks_again_after_an_answer(self):
        asked: list[int] = []
        check = Check(lambda: asked.append(1))
        for _ in range(3):
            check.ask().result(5)

        assert len(asked) == 3

    def test_asks_nobody_twice_while_an_answer_is_overdue(self):
        release, asked = Event(), []

        def question() -> None:
            asked.append(1)
            release.wait(30)

        check = Check(question)
        answers = {id(check.ask()) for _ in range(10)}
        release.set()
        check.ask().result(5)

        assert (len(answers), len(asked)) == (1, 1)

    def test_asks_again_when_what_was_frozen_is_back(self):
        release = Event()
        check = Check(lambda: release.wait(30))
        overdue = check.ask()
        release.set()
        overdue.result(5)

        assert check.ask() is not overdue


class TestStateOf:
    def test_is_an_error_while_there_is_no_answer(self):
        release = Event()
        state = state_of("redis", Check(lambda: release.wait(30)).ask())
        release.set()

        assert state == {"status": "error", "detail": "no answer within 1 s"}

    def test_tells_what_is_wrong_in_our_own_words(self):
        assert self.state_after(Down("asleep")) == {"status": "error", "detail": "asleep"}

    def test_keeps_a_reason_with_names_in_it_to_itself(self):
        state = self.state_after(OSError("no route to secret-host"))

        assert state == {"status": "error", "detail": "does not answer"}

    def state_after(self, error: Exception) -> dict:
        def question() -> None:
            raise error

        answer = Check(question).ask()
        answer.exception(5)
        return state_of("redis", answer)


@pytest.mark.django_db
class TestHealthView:
    def test_is_200_while_degraded(self, client, redis_is_away):
        response = client.get("/health/")

        assert (response.status_code, response.json()["status"]) == (200, "degraded")

    @pytest.mark.parametrize("path", ["/health/", "/health/ready/", "/health/live/"])
    def test_is_never_kept_by_a_cache(self, client, path, redis_is_away):
        assert client.get(path)["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("path", ["/health/", "/health/ready/", "/health/live/"])
    def test_answers_a_head(self, client, path, redis_is_away):
        assert client.head(path).status_code == 200


class TestLiveView:
    def test_touches_nothing(self, client, redis_is_away, folder_is_gone):
        # Not even the database: this test has no mark that would let it.
        assert client.get("/health/live/").json() == {"status": "ok"}
