"""The Celery application."""

import os
import resource
from typing import Any

from celery import Celery, signals
from celery.app.utils import Settings
from django.conf import settings
from kombu import Connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class SteadyConnection(Connection):
    """Looks for a broker that is away every two seconds; Celery's own would ever more rarely."""

    def ensure_connection(self, *args: Any, **kwargs: Any) -> Connection:
        return super().ensure_connection(*args, interval_step=0, **kwargs)


app = Celery("catalog")
app.amqp.Connection = SteadyConnection
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
