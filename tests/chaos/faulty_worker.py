"""A worker with injected faults: `celery -A tests.chaos.faulty_worker worker`.

It is the service's own worker, but an image with a comment that names a fault kills it, loops
forever, hangs below Python, or allocates 2 GB. Each attempt is appended to the file `FAULT_LOG`.
Importing this module installs the faults, so that only the worker may do it.
"""

import os
from pathlib import Path

from config.celery import app
from core.images import rendering
from core.images.containers import Container
from tests.chaos.faults import FAULTS

__all__ = ["app"]

original_read_container = rendering.read_container


def read_container(data: bytes) -> Container:
    """Execute the fault that the image's comment names, if any, and read the image."""
    comment = data[6 : 4 + int.from_bytes(data[4:6])] if data[2:4] == b"\xff\xfe" else b""
    fault, _, number = comment.partition(b"-")
    if fault in FAULTS:
        with Path(os.environ["FAULT_LOG"]).open("ab") as log:
            log.write(fault + b"-" + number + b"\n")
        FAULTS[fault]()
    return original_read_container(data)


rendering.read_container = read_container
