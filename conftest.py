"""Fixtures of all tests."""

import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from rest_framework.test import APIClient

from config.celery import app as celery_app
from core.messaging.publish import circuit_breaker
from tests.support.servers.buckets import running_s3_server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return
    for item in items:
        if "postgres" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: make test-postgres"))


@pytest.fixture(scope="session", autouse=True)
def media_root() -> Iterator[None]:
    yield
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Yield the URL of a server that speaks S3."""
    with running_s3_server() as url:
        yield url


@pytest.fixture
def api() -> APIClient:
    return APIClient(raise_request_exception=False)


@pytest.fixture
def closed_circuit() -> Iterator[None]:
    """Close the circuit to the broker, which another test may have opened."""
    circuit_breaker.close()
    yield
    circuit_breaker.close()


@pytest.fixture
def enqueued() -> Callable[..., list[dict[str, Any]]]:
    """Return a function that empties a queue and returns its tasks' keyword arguments."""

    def read(name: str = "tasks") -> list[dict[str, Any]]:
        messages = []
        with (
            celery_app.connection_for_read() as broker,
            broker.SimpleQueue(settings.QUEUES[name]) as queue,
            suppress(queue.Empty),
        ):
            while message := queue.get(block=False):
                message.ack()
                messages.append(message.payload[1])
        return messages

    for name in settings.QUEUES:
        read(name)
    return read


@pytest.fixture
def no_room() -> Iterator[None]:
    """Limit files to four megabytes, which has the effect of a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 * 2**20, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
