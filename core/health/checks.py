"""Health checks of the dependencies, with one deadline for all of them."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Lock
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from redis import Redis
from redis.exceptions import ResponseError

from core.health.heartbeat import is_worker_alive

logger = logging.getLogger(__name__)

DEADLINE = 1.0  # seconds, for all checks together
MEDIA_INTERVAL = 60  # seconds; its probe writes a file and flushes it to the disk
REQUIRED = {"database", "migrations"}  # the API needs these; the rest only degrades it


class CheckFailed(Exception):
    """The dependency responds, but cannot do its work. Clients see the message."""


class Check:
    """Runs the probe of one dependency in a thread of its own, once at a time.

    While a probe is overdue no other one starts, so a frozen server blocks one thread, not all.
    A success is reused for `max_age` seconds; a failure never is, so a recovery shows at once.
    """

    def __init__(self, probe: Callable[[], None], max_age: float = 0) -> None:
        self.probe = probe
        self.max_age = max_age
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=f"health-{probe.__name__}")
        self._lock = Lock()
        self._result: Future[float] | None = None
        self._expires_at = 0.0  # of the clock `monotonic`

    def run(self) -> Future[float]:
        """Return the duration in milliseconds, of the probe that runs, a recent one or a new one.

        The future raises what the probe raises.
        """
        with self._lock:
            if self._result is None or (self._result.done() and not self._is_recent_success()):
                self._result = self._executor.submit(self._timed_probe)
            return self._result

    def _is_recent_success(self) -> bool:
        return monotonic() < self._expires_at

    def _timed_probe(self) -> float:
        self._expires_at = 0
        start = monotonic()
        try:
            self.probe()
        finally:
            connection.close()  # this thread's own, if it opened one
        self._expires_at = start + self.max_age
        return (monotonic() - start) * 1000


def database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def migrations() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CheckFailed("There are unapplied migrations.")


def redis() -> None:
    """Write a key, as publishing does: a replica or a full server still responds to a PING."""
    limits = {"socket_timeout": 0.8, "socket_connect_timeout": 0.5}
    with Redis.from_url(settings.REDIS_URL, **limits, **settings.REDIS_TLS) as client:
        try:
            client.set(f"{settings.INSTALLATION}.health", 1, ex=60)
        except ResponseError as error:
            logger.warning("Health: redis rejects writes: %s", error)
            raise CheckFailed("Writes are rejected: no task can be enqueued.") from error


def worker() -> None:
    if not is_worker_alive():
        raise CheckFailed("No worker has sent a heartbeat within a minute.")


def media() -> None:
    default_storage.save("health/probe", ContentFile(b"ok"))


CHECKS = {probe.__name__: Check(probe) for probe in (database, migrations, redis, worker)} | {
    "media": Check(media, max_age=MEDIA_INTERVAL)
}


def run_checks() -> dict[str, Any]:
    """Return `status` (ok, degraded or error), the result of each check and the version."""
    futures = {name: check.run() for name, check in CHECKS.items()}
    wait(futures.values(), timeout=DEADLINE)
    results = {name: result_of(name, future) for name, future in futures.items()}
    failed = {name for name, result in results.items() if result["status"] != "ok"}
    status = "error" if failed & REQUIRED else "degraded" if failed else "ok"
    return {"status": status, "checks": results, "version": settings.VERSION}


def result_of(name: str, future: Future[float]) -> dict[str, Any]:
    """Return the result of one check. Reasons go to the log only: they may contain host names."""
    if not future.done():
        return {"status": "error", "detail": f"No response within {DEADLINE:g} s."}
    error = future.exception()
    match error:
        case None:
            return {"status": "ok", "latency_ms": round(future.result(), 1)}
        case CheckFailed():
            return {"status": "error", "detail": str(error)}
        case _:
            logger.warning("Health: %s is unavailable: %s", name, error)
            return {"status": "error", "detail": "Unavailable."}
