"""The Celery application."""

import os
import resource
from typing import Any

from celery import Celery, signals
from celery.app.utils import Settings
from django.conf import settings

from config import kombu_patches
from config.broker import WORKER_SOCKET_TIMEOUTS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

PREFIX = "CELERY_"
# Celery prefers these variables to its settings (documented, and no setting turns that off): it
# would publish to another broker than REDIS_URL's.
for name in ("BROKER_URL", "BROKER_READ_URL", "BROKER_WRITE_URL", "RESULT_BACKEND"):
    os.environ.pop(PREFIX + name, None)


def own_settings() -> dict[str, Any]:
    """Return Celery's settings and no others: its worker and Flower show all that they have."""
    return {
        name.removeprefix(PREFIX).lower(): getattr(settings, name)
        for name in dir(settings)
        if name.startswith(PREFIX)
    }


kombu_patches.install()
app = Celery("catalog")
app.amqp.Connection = kombu_patches.ConstantRetryConnection
app.add_defaults(own_settings)
app.autodiscover_tasks()


@signals.celeryd_init.connect
def relax_worker_socket_timeouts(conf: Settings, **kwargs: object) -> None:
    """Set longer timeouts in a worker, where no request waits for a slow broker."""
    conf.broker_transport_options = {
        **conf.broker_transport_options,
        **WORKER_SOCKET_TIMEOUTS,
    }


@signals.worker_process_init.connect
def limit_address_space(**kwargs: object) -> None:
    """Make an image that needs too much memory fail by itself, before the kernel ends processes."""
    limit = settings.WORKER_MEMORY_MB * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
