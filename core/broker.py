"""Publishing to a broker that may be away, without making anybody wait for it."""

import logging
from math import inf
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
        self.try_again_at = -inf

    def publish(self, task: Task, **kwargs: Any) -> bool:
        """Ask a worker to run a task; False if that has to wait for the sweep."""
        # One at a time: who waits longer for a turn stands behind one that finds the broker away.
        if not self.turn.acquire(timeout=TURN):
            return False
        try:
            return monotonic() >= self.try_again_at and self.try_now(task, kwargs)
        finally:
            self.turn.release()

    def try_now(self, task: Task, kwargs: dict[str, Any]) -> bool:
        try:
            task.apply_async(kwargs=kwargs)
        except (KombuError, RedisError, OSError) as error:
            logger.warning("The broker is away, %s waits for the sweep: %s", task.name, error)
            self.try_again_at = monotonic() + PAUSE
            return False
        return True


publish = Breaker().publish


def backlog(task: Task) -> int:
    """Count the messages that wait in the queue of a task."""
    queue = task.app.conf.task_default_queue
    with task.app.connection_for_read() as connection:
        return connection.default_channel.queue_declare(queue).message_count
