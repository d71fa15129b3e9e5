"""The worker's heartbeat: it has just started, or has completed a sweep within the last minute.

Celery's own heartbeat would only show a connection; a worker that consumes no tasks sends it too.
"""

from time import time
from typing import Any

from celery.signals import worker_ready
from django.core.cache import cache

KEY = "worker-heartbeat"
TTL = 60  # seconds; a sweep is due every five


@worker_ready.connect
def record_heartbeat(**kwargs: Any) -> None:
    cache.set(KEY, time(), TTL)


def is_worker_alive() -> bool:
    """Check the time of the heartbeat too: Redis keeps a key longer when its clock is set back."""
    sent_at = cache.get(KEY)
    return sent_at is not None and abs(time() - sent_at) <= TTL
