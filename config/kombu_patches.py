"""Replacements for parts of kombu: each with its reason, upstream issue and end condition.

As of kombu 5.7. They use private names of kombu, so a new version is tried against the chaos tests.
"""

import logging
from typing import Any

from kombu import Connection
from kombu.transport import redis, virtual
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)

MAX_UNREADABLE = 1000  # messages to keep


class ConstantRetryConnection(Connection):
    """Reconnects every two seconds.

    Celery's worker waits two seconds longer after each attempt, up to 30, and no setting reaches
    that: a worker would idle for half a minute after Redis is available again.

    Upstream: not reported as such; https://github.com/celery/celery/issues/4627 is about other
    limits of a connection that no setting reaches.
    Remove when Celery has a setting for the interval.
    """

    def ensure_connection(self, *args: Any, **kwargs: Any) -> Any:
        return super().ensure_connection(*args, **{**kwargs, "interval_step": 0})


class LocalAckQoS(redis.QoS):
    """Releases the prefetch slot even when the ack cannot be sent.

    `redis.QoS.ack` releases it only after Redis has responded, so each failure leaks a slot, and a
    worker without slots consumes nothing. The message is delivered again, which changes nothing:
    tasks are idempotent.

    Upstream: not reported. Remove when `redis.QoS.ack` and `reject` release the slot in `finally`.
    """

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        finally:
            virtual.QoS.ack(self, delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().reject(delivery_tag, requeue)
        finally:
            virtual.QoS.ack(self, delivery_tag)


class UnreadableMessage(ValueError):
    """An item of the queue is not a message."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw


def load_message(text: str) -> Any:
    """Parse JSON as kombu does. Raises UnreadableMessage, also where it is nested too deeply."""
    try:
        return loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableMessage(text) from error


class CheckedMessage(virtual.Message):
    """A message with every member that kombu reads, of its type. Raises UnreadableMessage."""

    def __init__(self, payload: Any, channel: Any = None, **kwargs: Any) -> None:
        try:
            info = payload["properties"]["delivery_info"]
            are_strings = [
                isinstance(value, str)
                for value in (
                    payload["properties"]["delivery_tag"],
                    info["exchange"],
                    info["routing_key"],
                    payload.get("body") or "",
                )
            ]
            if not all(are_strings) or not isinstance(payload.get("headers") or {}, dict):
                raise TypeError("not a message")
            super().__init__(payload, channel, **kwargs)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise UnreadableMessage(payload) from error


class TolerantChannel(redis.Channel):
    """Moves an unreadable message to a list of its own.

    In kombu's channel the error ends Celery's worker, and after each restart the next one.

    Upstream: not reported for Redis; https://github.com/celery/kombu/issues/2421 is the same for
    SQS, and https://github.com/celery/celery/issues/4308 for a body that cannot be decoded.
    Remove when kombu rejects such a message instead of raising.
    """

    Message = CheckedMessage
    QoS = LocalAckQoS
    unreadable_key = "unreadable"
    from_transport_options = (*redis.Channel.from_transport_options, "unreadable_key")

    def _brpop_read(self, **options: Any) -> bool | None:
        try:
            return super()._brpop_read(**options)  # type: ignore[misc] # missing in the stubs
        except UnreadableMessage as error:
            self.set_aside(error.raw)
        except UnicodeDecodeError as error:
            self.set_aside(error.object)
        return True

    def set_aside(self, raw: Any) -> None:
        """Keep the message in a list: it may belong to another application."""
        logger.error("An unreadable message was moved to the list %s.", self.unreadable_key)
        text = raw if isinstance(raw, str | bytes) else dumps(raw)
        with self.conn_or_acquire() as client:
            client.lpush(self.unreadable_key, text)
            client.ltrim(self.unreadable_key, 0, MAX_UNREADABLE - 1)


def install() -> None:
    """Install the classes above in the Redis transport."""
    redis.loads = load_message  # type: ignore[attr-defined] # missing in the stubs
    redis.Transport.Channel = TolerantChannel
