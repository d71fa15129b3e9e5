"""Publishing to a broker that may be unavailable, without making a caller wait for it."""

import logging
from typing import Any

from celery import Task
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from core.messaging.circuit_breaker import CircuitBreaker, CircuitOpen

logger = logging.getLogger(__name__)

BROKER_ERRORS = (KombuError, RedisError, OSError)
ADMISSION_TIMEOUT = 0.1  # seconds; an available broker responds in a hundredth of this

circuit_breaker = CircuitBreaker(*BROKER_ERRORS, admission_timeout=ADMISSION_TIMEOUT)


def publish(task: Task, queue: str | None = None, **kwargs: Any) -> bool:
    """Publish a task to this queue, or to the default one; False if the sweep has to.

    Never raises: what it is called for is committed already.
    """
    options: dict[str, Any] = {"queue": queue} if queue else {}
    try:
        with circuit_breaker.guard():
            task.apply_async(kwargs=kwargs, **options)
    except CircuitOpen:
        return False
    except BROKER_ERRORS as error:
        logger.warning("The broker is unavailable, %s waits for the sweep: %s", task.name, error)
        return False
    except Exception:
        logger.exception("%s could not be published, and waits for the sweep.", task.name)
        return False
    return True


def queue_length(task: Task, queue: str) -> int:
    """Return the number of messages that wait in a queue of the task's application."""
    with task.app.connection_for_read() as connection:
        channel: Any = connection.default_channel  # the stubs lack queue_declare
        return channel.queue_declare(queue).message_count
