"""The Celery application."""

import os
import resource
from typing import Any

from celery import Celery, signals
from celery.app.utils import Settings
from django.conf import settings

from config import kombu_patches

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

PREFIX = "CELERY_"
# Celery would read these past the settings, and publish to another broker than REDIS_URL's.
for name in ("BROKER_URL", "BROKER_READ_URL", "BROKER_WRITE_URL", "RESULT_BACKEND"):
    os.environ.pop(PREFIX + name, None)


def own_settings() -> dict[str, Any]:
    """Return the settings that are Celery's. Its worker and Flower show all that they have."""
    return {
        name.removeprefix(PREFIX).lower(): getattr(settings, name)
        for name in dir(settings)
        if name.startswith(PREFIX)
    }


kombu_patches.install()
app = Celery("catalog")
app.amqp.Connection = kombu_patches.SteadyConnection
app.add_defaults(own_settings)
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
