"""The one way in which tests wait for what another process or thread does."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T], timeout: float = 30) -> T:
    """Return the first true result of a condition. Raise `AssertionError` after the timeout."""
    deadline = time.monotonic() + timeout
    while not (result := condition()):
        assert time.monotonic() < deadline, f"still {result!r} after {timeout} s: {condition}"
        time.sleep(0.05)
    return result
