"""The worker's consumer, which keeps messages that it cannot run."""

from collections.abc import Callable
from typing import Any, cast

from celery.worker.consumer import Consumer
from kombu import Message

from config.kombu_patches import TolerantChannel


class PreservingConsumer(Consumer):
    """Keeps what it cannot run, such as the task of another application.

    Celery deletes such messages, which is documented, and ends its worker with a KeyError for one
    without the header `id`.

    Upstream: https://github.com/celery/celery/pull/493 (closed) was about missing members.
    Remove when Celery rejects a message with missing headers; keeping the others is our choice.
    """

    def create_task_handler(self, *args: Any, **kwargs: Any) -> Callable[[Message], None]:
        handle = super().create_task_handler(*args, **kwargs)

        def on_task_received(message: Message) -> None:
            try:
                handle(message)
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                # celery/worker/request.py reads headers such as the id without a check.
                self.on_decode_error(message, error)

        return on_task_received

    def on_decode_error(self, message: Message, exc: Exception) -> None:
        set_aside(message)
        super().on_decode_error(message, exc)

    def on_unknown_message(self, body: Any, message: Message) -> None:
        set_aside(message)
        super().on_unknown_message(body, message)

    def on_unknown_task(self, body: Any, message: Message, exc: Exception) -> None:
        set_aside(message)
        super().on_unknown_task(body, message, exc)

    def on_invalid_task(self, body: Any, message: Message, exc: Exception) -> None:
        set_aside(message)
        super().on_invalid_task(body, message, exc)


def set_aside(message: Message) -> None:
    channel = cast(TolerantChannel, message.channel)
    channel.set_aside(message._raw)  # type: ignore[attr-defined] # kombu.transport.virtual.Message
