"""The Celery application."""

import os
import resource
from typing import Any

from celery import Celery, signals
from celery.app.utils import Settings
from django.conf import settings
from kombu import Connection
from kombu.transport import redis, virtual

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class SteadyConnection(Connection):
    """Looks for a broker that is away every two seconds; Celery's own would ever more rarely."""

    def ensure_connection(self, *args: Any, **kwargs: Any) -> Connection:
        return super().ensure_connection(*args, interval_step=0, **kwargs)


class SteadyQoS(redis.QoS):
    """Gives a message's place free, also where the broker could not be told that it is done.

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


app = Celery("catalog")
app.amqp.Connection = SteadyConnection
redis.Channel.QoS = SteadyQoS
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.celeryd_init.connect
def wait_for_the_broker(conf: Settings, **kwargs: object) -> None:
    """Let a worker wait for a slow broker; only a request has to be answered at once."""
    conf.broker_transport_options = {
        **conf.broker_transport_options,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
    }


@signals.worker_process_init.connect
def limit_memory(**kwargs: object) -> None:
    """Let a picture that takes too much memory fail alone, before it takes the machine along."""
    limit = settings.WORKER_MEMORY_MB * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
