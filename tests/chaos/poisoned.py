"""A worker in whose hands certain pictures are poison: `celery -A tests.chaos.poisoned worker`.

It is the service's own worker; only that decoding a picture with a poisonous comment kills it,
never ends, never ends and is deaf, or takes 2 GB. Each start on one is noted in the file
POISON_STARTS.
"""

import os
import signal
from collections import deque
from itertools import repeat
from pathlib import Path

from config.celery import app
from core.images import rendering
from core.images.containers import Container

__all__ = ["app"]

healthy_read_container = rendering.read_container


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dawdle() -> None:
    """Loop for ever in Python, where the soft time limit ends it."""
    for _ in repeat(None):
        pass


def hang() -> None:
    """Loop for ever below Python, where no soft time limit gets through."""
    deque(repeat(None), maxlen=0)


def devour() -> None:
    bytearray(2 * 2**30)


POISONS = {b"die": die, b"dawdle": dawdle, b"hang": hang, b"devour": devour}


def read_container(data: bytes) -> Container:
    """Do what the image's comment says, if it begins with one, and read it."""
    comment = data[6 : 4 + int.from_bytes(data[4:6])] if data[2:4] == b"\xff\xfe" else b""
    kind, _, number = comment.partition(b"-")
    if kind in POISONS:
        with Path(os.environ["POISON_STARTS"]).open("ab") as starts:
            starts.write(kind + b"-" + number + b"\n")
        POISONS[kind]()
    return healthy_read_container(data)


rendering.read_container = read_container
