"""Concurrent requests, from threads that each have a database connection of their own."""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import connection
from rest_framework.test import APIClient

T = TypeVar("T")

THREADS = 16


def run_concurrently(
    work: Callable[..., T], items: Iterable[Any], threads: int = THREADS
) -> list[T]:
    """Call `work(client, item)` with each item in a pool of threads; return the results."""

    def call(item: Any) -> T:
        try:
            return work(APIClient(raise_request_exception=False), item)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(call, items))


def count_statuses(responses: Iterable[Any]) -> Counter:
    return Counter(response.status_code for response in responses)
