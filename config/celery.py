"""The Celery application of the web server and the worker."""

import gc
import resource

from celery import signals
from celery.app.utils import Settings
from django.conf import settings

from config.broker import WORKER_SOCKET_TIMEOUTS
from config.celery_factory import create_app

app = create_app()
app.autodiscover_tasks()


@signals.celeryd_init.connect
def relax_worker_socket_timeouts(conf: Settings, **kwargs: object) -> None:
    """Set longer timeouts in a worker, where no request waits for a slow broker."""
    conf.broker_transport_options = {
        **conf.broker_transport_options,
        **WORKER_SOCKET_TIMEOUTS,
    }


@signals.worker_init.connect
def freeze_heap(**kwargs: object) -> None:
    """Exempt what is loaded from garbage collection, which would copy it into each process."""
    gc.collect()
    gc.freeze()


@signals.worker_process_init.connect
def limit_address_space(**kwargs: object) -> None:
    """Make an image that needs too much memory fail by itself, before the kernel ends processes."""
    limit = settings.WORKER_MEMORY_MB * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
