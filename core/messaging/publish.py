"""Publishing to a broker that may be away, without making anybody wait for it."""

import logging
from typing import Any

from celery import Task
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from core.messaging.circuit_breaker import Away, Breaker

logger = logging.getLogger(__name__)

FAILURES = (KombuError, RedisError, OSError)
PATIENCE = 0.1  # seconds; a broker that is well answers in a hundredth of this


class Publisher:
    """Publishes tasks to one broker."""

    def __init__(self) -> None:
        self.breaker = Breaker(*FAILURES, patience=PATIENCE)

    def publish(self, task: Task, queue: str | None = None, **kwargs: Any) -> bool:
        """Request a task in this queue, or in the default one; False if the sweep has to.

        Never raises: what it is called for is committed already.
        """
        try:
            with self.breaker.watch():
                task.apply_async(kwargs=kwargs, queue=queue)
        except Away:
            return False
        except FAILURES as error:
            logger.warning("The broker is away, %s waits for the sweep: %s", task.name, error)
            return False
        except Exception:
            logger.exception("%s could not be published, and waits for the sweep.", task.name)
            return False
        return True


publish = Publisher().publish


def backlog(task: Task, queue: str) -> int:
    """Count the messages that wait in a queue of the task's application."""
    with task.app.connection_for_read() as connection:
        return connection.default_channel.queue_declare(queue).message_count
