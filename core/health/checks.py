"""The truth about what this service depends on, in bounded time."""

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

from core.health.heartbeat import is_beating

logger = logging.getLogger(__name__)

DEADLINE = 1.0  # seconds, for all checks together
REQUIRED = {"database", "migrations"}  # without these nothing works; without the rest, most does


class Down(Exception):
    """A dependency answered, and cannot do its work."""


class Check:
    """One question to one dependency, asked in a thread of its own, one at a time.

    While an answer is overdue nobody asks again, so a frozen server holds one thread, not all.
    """

    def __init__(self, question: Callable[[], None]) -> None:
        self.question = question
        self.thread = ThreadPoolExecutor(1, thread_name_prefix=f"health-{question.__name__}")
        self.lock = Lock()
        self.answer: Future[float] | None = None

    def ask(self) -> Future[float]:
        """Give the future answer: how long it took, in milliseconds."""
        with self.lock:
            if self.answer is None or self.answer.done():
                self.answer = self.thread.submit(self.timed)
            return self.answer

    def timed(self) -> float:
        start = monotonic()
        try:
            self.question()
        finally:
            connection.close()  # this thread's own, if it opened one
        return (monotonic() - start) * 1000


def database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def migrations() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Down("migrations are missing")


def redis() -> None:
    """Write, because that is what publishing does: a replica or a full server answers a ping."""
    limits = {"socket_timeout": 0.8, "socket_connect_timeout": 0.5}
    with Redis.from_url(settings.REDIS_URL, **limits, **settings.REDIS_TLS) as client:
        try:
            client.set(f"{settings.INSTALLATION}.health", 1, ex=60)
        except ResponseError as error:
            logger.warning("Health: redis refuses to write: %s", error)
            raise Down("refuses to write: nothing can be queued") from error


def worker() -> None:
    if not is_beating():
        raise Down("no worker has given a sign of life")


def media() -> None:
    default_storage.save("health/probe", ContentFile(b"ok"))


CHECKS = {
    question.__name__: Check(question) for question in (database, migrations, redis, worker, media)
}


def report() -> dict[str, Any]:
    """Ask everything at once. Gives `status` (ok, degraded, error), and a state for each check."""
    answers = {name: check.ask() for name, check in CHECKS.items()}
    wait(answers.values(), timeout=DEADLINE)
    states = {name: state_of(name, answer) for name, answer in answers.items()}
    down = {name for name, state in states.items() if state["status"] != "ok"}
    status = "error" if down & REQUIRED else "degraded" if down else "ok"
    return {"status": status, "checks": states, "version": settings.VERSION}


def state_of(name: str, answer: Future[float]) -> dict[str, Any]:
    """Tell one check's state. Reasons are in the log: a client learns no host names."""
    if not answer.done():
        return {"status": "error", "detail": f"no answer within {DEADLINE:g} s"}
    error = answer.exception()
    match error:
        case None:
            return {"status": "ok", "latency_ms": round(answer.result(), 1)}
        case Down():
            return {"status": "error", "detail": str(error)}
        case _:
            logger.warning("Health: %s is down: %s", name, error)
            return {"status": "error", "detail": "does not answer"}
