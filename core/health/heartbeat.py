"""The worker's sign of life: it has just started, or it has ended the sweep of the last minute.

A worker's own heartbeat would only say that it is connected; one that takes no tasks beats, too.
"""

from time import time
from typing import Any

from celery.signals import worker_ready
from django.core.cache import cache

KEY = "worker-heartbeat"
LASTS = 60  # seconds; a sweep is due every five


@worker_ready.connect
def record_heartbeat(**kwargs: Any) -> None:
    cache.set(KEY, time(), LASTS)


def is_beating() -> bool:
    """Check the time too: Redis keeps a key for longer when the clock is set back."""
    beat = cache.get(KEY)
    return beat is not None and abs(time() - beat) <= LASTS
