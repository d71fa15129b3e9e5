import time

import pytest
from celery.signals import worker_ready

from core.health import heartbeat
from core.health.heartbeat import is_worker_alive, record_heartbeat


class TestRecordHeartbeat:
    def test_is_called_when_a_worker_is_ready(self):
        worker_ready.send(sender=None)

        assert is_worker_alive()


class TestIsWorkerAlive:
    def test_is_false_before_the_first_heartbeat(self):
        assert not is_worker_alive()

    def test_is_true_after_a_heartbeat(self):
        record_heartbeat()

        assert is_worker_alive()

    def test_is_false_where_the_clock_was_set_back(self, monkeypatch: pytest.MonkeyPatch):
        record_heartbeat()
        monkeypatch.setattr(heartbeat, "time", lambda: time.time() - 3600)

        assert not is_worker_alive()

    def test_is_false_some_time_after_the_last_heartbeat(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(heartbeat, "TTL", 0.05)
        record_heartbeat()

        time.sleep(0.1)

        assert not is_worker_alive()
