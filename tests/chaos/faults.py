"""Faults that an image can cause in a worker, named by a comment in it."""

import os
import signal
from collections import deque
from itertools import repeat


def kill_worker() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def loop_forever() -> None:
    """Loop in Python, where the soft time limit ends it."""
    for _ in repeat(None):
        pass


def hang() -> None:
    """Loop in C, which no soft time limit interrupts."""
    deque(repeat(None), maxlen=0)


def exhaust_memory() -> None:
    bytearray(2 * 2**30)


FAULTS = {b"kill": kill_worker, b"loop": loop_forever, b"hang": hang, b"memory": exhaust_memory}
