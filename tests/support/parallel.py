"""Many requests at once, from threads that each have a connection of their own."""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import connection
from rest_framework.test import APIClient

T = TypeVar("T")

THREADS = 16


def at_once(work: Callable[..., T], each: Iterable[Any], threads: int = THREADS) -> list[T]:
    """Do the work for each, as many at once as there are threads; give what came of it."""

    def one(item: Any) -> T:
        try:
            return work(APIClient(raise_request_exception=False), item)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, each))


def statuses(responses: Iterable[Any]) -> Counter:
    return Counter(response.status_code for response in responses)
