"""How a worker treats messages that it cannot run."""

from collections.abc import Callable
from typing import Any

from celery.worker.consumer import Consumer
from kombu import Message


class CarefulConsumer(Consumer):
    """Sets aside what it cannot run, such as the task of another application."""

    def create_task_handler(self, *args: Any, **kwargs: Any) -> Callable[[Message], None]:
        handle = super().create_task_handler(*args, **kwargs)

        def on_task_received(message: Message) -> None:
            try:
                handle(message)
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                # Celery takes headers such as the id for granted (celery/worker/request.py).
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
    message.channel.set_aside(message._raw)
