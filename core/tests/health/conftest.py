from collections.abc import Iterator
from pathlib import Path

import pytest

from core.health import checks
from core.health.checks import Check
from core.health.heartbeat import record_heartbeat
from tests.support.servers.brokers import running_broker
from tests.support.servers.ports import unresponsive_port, unused_port


@pytest.fixture(autouse=True)
def unchecked_media(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the check of media, which may remember the success of an earlier test."""
    monkeypatch.setitem(checks.CHECKS, "media", Check(checks.media, max_age=60))


@pytest.fixture
def redis_available(settings) -> Iterator[None]:
    with running_broker() as server:
        settings.REDIS_URL = server.url
        yield


@pytest.fixture
def redis_unavailable(settings) -> None:
    settings.REDIS_URL = f"redis://secret-user:secret-word@127.0.0.1:{unused_port()}/0"


@pytest.fixture
def redis_frozen(settings) -> Iterator[None]:
    with unresponsive_port() as port:
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        yield


@pytest.fixture
def worker_alive() -> None:
    record_heartbeat()


@pytest.fixture
def media_not_writable(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "file"
    settings.MEDIA_ROOT.write_bytes(b"")
