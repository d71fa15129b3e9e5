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


class Breaker:
    """Remembers that the broker is away, so that only one call in five seconds waits for it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.try_again_at: float | None = None  # None while all is well

    def publish(self, task: Task, **kwargs: Any) -> bool:
        """Ask a worker to run a task; False if that has to wait for the sweep."""
        if not self.may_try():
            return False
        try:
            task.apply_async(kwargs=kwargs)
        except (KombuError, RedisError, OSError) as error:
            logger.warning("The broker is away, %s waits for the sweep: %s", task.name, error)
            self.try_again_at = monotonic() + PAUSE
            return False
        self.try_again_at = None
        return True

    def may_try(self) -> bool:
        with self.lock:
            if self.try_again_at is None:
                return True
            if monotonic() < self.try_again_at:
                return False
            self.try_again_at = monotonic() + PAUSE  # this caller tries for everybody
            return True


publish = Breaker().publish


def backlog(task: Task) -> int:
    """Count the messages that wait in the queue of a task."""
    queue = task.app.conf.task_default_queue
    with task.app.connection_for_read() as connection:
        return connection.default_channel.queue_declare(queue).message_count
