"""Ports of this machine: one where nothing listens, and one that never responds."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


def unused_port() -> int:
    """Return a port where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def unresponsive_port() -> Iterator[int]:
    """Listen on a port without ever accepting a connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]
