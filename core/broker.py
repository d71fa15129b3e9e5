"""Publishing to a broker that may be away, without making anybody wait for it."""

import logging
from threading import Lock
from time import monotonic
from typing import Any

from celery import Task
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

PAUSE = 5.0  # seconds between two tries while the broker is away
TURN = 0.1  # seconds; a broker that is well answers in a hundredth of this


class Breaker:
    """Remembers that the broker is away, so that only one call in five seconds waits for it."""

    def __init__(self) -> None:
        self.turn = Lock()
        self.try_again_at: float | None = None  # None while all is well

    def publish(self, task: Task, **kwargs: Any) -> bool:
        """Ask a worker to run a task; False if that has to wait for the sweep."""
        # One at a time: where a turn is long in coming, another call is finding the broker away.
        if not self.turn.acquire(timeout=TURN if self.try_again_at is None else 0):
            return False
        try:
            return self.may_try() and self.try_now(task, kwargs)
        finally:
            self.turn.release()

    def may_try(self) -> bool:
        return self.try_again_at is None or monotonic() >= self.try_again_at

    def try_now(self, task: Task, kwargs: dict[str, Any]) -> bool:
        try:
            task.apply_async(kwargs=kwargs)
        except (KombuError, RedisError, OSError) as error:
            logger.warning("The broker is away, %s waits for the sweep: %s", task.name, error)
            self.try_again_at = monotonic() + PAUSE
            return False
        self.try_again_at = None
        return True


publish = Breaker().publish


def backlog(task: Task) -> int:
    """Count the messages that wait in the queue of a task."""
    queue = task.app.conf.task_default_queue
    with task.app.connection_for_read() as connection:
        return connection.default_channel.queue_declare(queue).message_count
