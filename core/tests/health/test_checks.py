import json
import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from core.health import checks
from core.health.checks import Check, CheckFailed, result_of, run_checks
from tests.support.servers.brokers import running_broker
from tests.support.servers.ports import unresponsive_port, unused_port

ROOT = Path(__file__).resolve().parents[3]
TIMEOUT = 5  # seconds: the deadline, and time for a slow machine
PROBE = """
import django, json, time
django.setup()
from django.test import Client

def get(path):
    start = time.monotonic()
    response = Client().get(path)
    return [response.status_code, response.json(), time.monotonic() - start]

print("RESPONSES", json.dumps([get("/health/"), get("/health/ready/"), get("/health/live/")]))
"""


def probe_responses(database_url: str) -> list[tuple[int, dict, float]]:
    """Start a service on another database; return status, body and seconds of each response."""
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROBE], cwd=ROOT, env=environment, capture_output=True, timeout=60
    )
    return json.loads(done.stdout.partition(b"RESPONSES")[2])


@pytest.mark.django_db
class TestRunChecks:
    def test_is_ok_when_every_dependency_responds(self, redis_available, worker_alive):
        report = run_checks()

        assert report["status"] == "ok", report
        assert {result["status"] for result in report["checks"].values()} == {"ok"}

    def test_has_a_result_for_each_dependency(self, redis_unavailable):
        assert set(run_checks()["checks"]) == {"database", "migrations", "redis", "worker", "media"}

    def test_measures_the_latency_of_each_check(self, redis_available, worker_alive):
        assert all(result["latency_ms"] >= 0 for result in run_checks()["checks"].values())

    def test_has_the_version(self, settings, redis_unavailable):
        assert run_checks()["version"] == settings.VERSION

    def test_is_degraded_without_redis(self, redis_unavailable, worker_alive):
        report = run_checks()

        assert report["status"] == "degraded"
        assert failed(report) == {"redis"}

    @pytest.mark.parametrize(
        "options",
        [
            ["--replicaof", "127.0.0.1 1"],  # a read-only replica, whose primary is unavailable
            ["--maxmemory", "1mb", "--maxmemory-policy", "noeviction"],
        ],
    )
    def test_is_degraded_where_redis_responds_and_rejects_writes(
        self, settings, worker_alive, options
    ):
        with running_broker(*options) as server:
            settings.REDIS_URL = server.url
            report = run_checks()

        assert (report["status"], failed(report)) == ("degraded", {"redis"})
        assert report["checks"]["redis"]["detail"] == (
            "Writes are rejected: no task can be enqueued."
        )

    def test_is_degraded_without_a_worker(self, redis_available):
        report = run_checks()

        assert report["status"] == "degraded"
        assert failed(report) == {"worker"}

    def test_is_degraded_where_media_cannot_be_written(
        self, redis_available, worker_alive, media_not_writable
    ):
        report = run_checks()

        assert report["status"] == "degraded"
        assert failed(report) == {"media"}

    def test_is_degraded_and_in_time_when_redis_frozen(self, redis_frozen, worker_alive):
        start = time.monotonic()

        report = run_checks()

        assert (report["status"], failed(report)) == ("degraded", {"redis"})
        assert time.monotonic() - start < TIMEOUT

    def test_keeps_the_deadline_when_a_probe_never_returns(self, redis_available, monkeypatch):
        release = Event()
        monkeypatch.setitem(checks.CHECKS, "worker", Check(lambda: release.wait(30)))
        start = time.monotonic()

        report = run_checks()
        release.set()

        assert failed(report) == {"worker"}
        assert time.monotonic() - start < TIMEOUT

    def test_reveals_no_host_names_and_no_secrets(
        self, redis_unavailable, media_not_writable, tmp_path
    ):
        text = json.dumps(run_checks())

        assert not [word for word in ("secret", "127.0.0.1", str(tmp_path)) if word in text]

    def test_writes_a_file_once_a_minute_at_most(
        self, redis_available, worker_alive, settings, tmp_path
    ):
        settings.MEDIA_ROOT = tmp_path
        run_checks()
        (probe,) = (tmp_path / "health").iterdir()
        probe.unlink()

        assert run_checks()["checks"]["media"]["status"] == "ok"
        assert not probe.exists()

    def test_logs_the_reason_of_a_failure(self, redis_unavailable, caplog):
        run_checks()

        assert "redis is unavailable" in caplog.text


def failed(report: dict) -> set[str]:
    return {name for name, result in report["checks"].items() if result["status"] != "ok"}


class TestMigrations:
    @pytest.mark.django_db
    def test_passes_on_a_migrated_database(self):
        checks.migrations()

    @pytest.mark.django_db
    def test_fails_where_one_is_unapplied(self):
        MigrationRecorder(connection).migration_qs.latest("id").delete()

        with pytest.raises(CheckFailed):
            checks.migrations()


class TestDatabase:
    def test_is_an_error_when_it_is_unavailable(self):
        health, ready, live = probe_responses(
            f"postgres://secret-user:secret-word@127.0.0.1:{unused_port()}/catalog"
        )

        assert [health[0], ready[0], live[0]] == [503, 503, 200]
        assert health[1]["status"] == "error"
        assert health[1]["checks"]["database"]["status"] == "error"
        assert "secret" not in json.dumps(health)

    def test_is_an_error_within_the_deadline_when_it_is_frozen(self):
        with unresponsive_port() as port:
            responses = probe_responses(f"postgres://user:word@127.0.0.1:{port}/catalog")

        assert [status for status, _, _ in responses] == [503, 503, 200]
        assert all(seconds < TIMEOUT for _, _, seconds in responses)


class TestCheck:
    def test_returns_the_milliseconds_of_a_probe(self):
        assert 0 <= Check(lambda: None).run().result(5) < 5000

    def test_raises_the_error_of_a_probe(self):
        def probe() -> None:
            raise CheckFailed("Read-only.")

        assert isinstance(Check(probe).run().exception(5), CheckFailed)

    def test_runs_the_probe_again_after_it_returned(self):
        runs: list[int] = []
        check = Check(lambda: runs.append(1))
        for _ in range(3):
            check.run().result(5)

        assert len(runs) == 3

    def test_reuses_a_success_until_it_is_too_old(self, monkeypatch):
        runs: list[int] = []
        check = Check(lambda: runs.append(1), max_age=60)
        for _ in range(3):
            check.run().result(5)
        fresh = len(runs)
        monkeypatch.setattr(checks, "monotonic", lambda: time.monotonic() + 61)

        check.run().result(5)

        assert (fresh, len(runs)) == (1, 2)

    def test_reports_a_failure_after_a_success_that_is_too_old(self, monkeypatch):
        is_full = Event()

        def probe() -> None:
            if is_full.is_set():
                raise OSError("No space left on device")

        check = Check(probe, max_age=60)
        check.run().result(5)
        is_full.set()
        monkeypatch.setattr(checks, "monotonic", lambda: time.monotonic() + 61)

        assert isinstance(check.run().exception(5), OSError)

    def test_never_reuses_a_failure(self):
        runs: list[int] = []

        def probe() -> None:
            runs.append(1)
            raise OSError("No space left on device")

        check = Check(probe, max_age=60)
        for _ in range(3):
            check.run().exception(5)

        assert len(runs) == 3

    def test_runs_no_second_probe_while_one_is_overdue(self):
        release, runs = Event(), []

        def probe() -> None:
            runs.append(1)
            release.wait(30)

        check = Check(probe)
        futures = {id(check.run()) for _ in range(10)}
        release.set()
        check.run().result(5)

        assert (len(futures), len(runs)) == (1, 1)

    def test_runs_the_probe_again_when_a_frozen_one_returned(self):
        release = Event()
        check = Check(lambda: release.wait(30))
        overdue = check.run()
        release.set()
        overdue.result(5)

        assert check.run() is not overdue


class TestResultOf:
    def test_is_an_error_while_the_probe_runs(self):
        release = Event()
        result = result_of("redis", Check(lambda: release.wait(30)).run())
        release.set()

        assert result == {"status": "error", "detail": "No response within 1 s."}

    def test_has_the_message_of_a_failed_check(self):
        assert self.result_after(CheckFailed("Read-only.")) == {
            "status": "error",
            "detail": "Read-only.",
        }

    def test_hides_the_message_of_any_other_error(self):
        result = self.result_after(OSError("no route to secret-host"))

        assert result == {"status": "error", "detail": "Unavailable."}

    def result_after(self, error: Exception) -> dict:
        def probe() -> None:
            raise error

        future = Check(probe).run()
        future.exception(5)
        return result_of("redis", future)
