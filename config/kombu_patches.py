"""What kombu's Redis transport does differently here, each with the reason why."""

import logging
from typing import Any

from kombu import Connection
from kombu.transport import redis, virtual
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)

SET_ASIDE = 1000  # unreadable messages to keep


class SteadyConnection(Connection):
    """Looks for a broker that is away every two seconds; Celery's own would ever more rarely."""

    def ensure_connection(self, *args: Any, **kwargs: Any) -> Connection:
        return super().ensure_connection(*args, interval_step=0, **kwargs)


class SteadyQoS(redis.QoS):
    """Releases the prefetch slot of a message also where the broker could not be told its end.

    It will come once more, and change nothing. A worker of kombu's own would lose a place with
    each of them, and take nothing any more when all are lost.
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
    """What was in the queue is no message."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw


def load_message(text: str) -> Any:
    """Parse JSON as kombu does. Raises UnreadableMessage, also where it is nested too deeply."""
    try:
        return loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableMessage(text) from error


class CheckedMessage(virtual.Message):
    """A message of which every part that kombu will ask for is there. Raises UnreadableMessage."""

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
    """Sets an unreadable message aside. kombu's own raises, which ends Celery's worker."""

    Message = CheckedMessage
    QoS = SteadyQoS
    unreadable_key = "unreadable"
    from_transport_options = (*redis.Channel.from_transport_options, "unreadable_key")

    def _brpop_read(self, **options: Any) -> bool | None:
        try:
            return super()._brpop_read(**options)
        except UnreadableMessage as error:
            self.set_aside(error.raw)
        except UnicodeDecodeError as error:
            self.set_aside(error.object)
        return True

    def set_aside(self, raw: Any) -> None:
        """Keep what nobody here can read in a list of its own: it may be somebody's."""
        logger.error("An unreadable message was set aside in the list %s.", self.unreadable_key)
        text = raw if isinstance(raw, str | bytes) else dumps(raw)
        with self.conn_or_acquire() as client:
            client.lpush(self.unreadable_key, text)
            client.ltrim(self.unreadable_key, 0, SET_ASIDE - 1)


def install() -> None:
    """Install the classes above in the Redis transport."""
    redis.loads = load_message
    redis.Transport.Channel = TolerantChannel
