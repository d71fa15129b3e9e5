"""The worker's sign of life: while it is connected to the broker, a key in the cache."""

from typing import Any

from celery.signals import heartbeat_sent
from django.core.cache import cache

KEY = "worker-heartbeat"
LASTS = 30  # seconds; beats are two seconds apart


@heartbeat_sent.connect
def record_heartbeat(**kwargs: Any) -> None:
    cache.set(KEY, True, LASTS)


def is_beating() -> bool:
    return cache.get(KEY) is not None
