"""TCP proxies: one that can be frozen, and one that terminates TLS."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread


class TcpProxy:
    """Forwards each connection to another server."""

    def __init__(self, host: str, port: int) -> None:
        self.upstream = (host, port)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.sockets: list[socket.socket] = [self.listener]
        Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self.listener.accept()
                Thread(target=self.serve, args=[client], daemon=True).start()

    def serve(self, client: socket.socket) -> None:
        server = socket.create_connection(self.upstream)
        self.sockets += [client, server]
        Thread(target=self.forward, args=[server, client], daemon=True).start()
        self.forward(client, server)

    def forward(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                self.pass_on(data, target)
            target.shutdown(socket.SHUT_WR)

    def pass_on(self, data: bytes, target: socket.socket) -> None:
        target.sendall(data)

    def close(self) -> None:
        for each in self.sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


class FreezableProxy(TcpProxy):
    """While frozen, it accepts connections and data, and forwards nothing."""

    def __init__(self, host: str, port: int) -> None:
        self.flowing = Event()
        self.flowing.set()
        super().__init__(host, port)

    def freeze(self) -> None:
        self.flowing.clear()

    def thaw(self) -> None:
        self.flowing.set()

    def serve(self, client: socket.socket) -> None:
        self.flowing.wait()
        super().serve(client)

    def pass_on(self, data: bytes, target: socket.socket) -> None:
        self.flowing.wait()
        super().pass_on(data, target)

    def close(self) -> None:
        self.thaw()
        super().close()


class TlsProxy(TcpProxy):
    """Terminates TLS in front of a server on this machine that does not speak it."""

    def __init__(self, certificate: Path, port: int) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        super().__init__("127.0.0.1", port)

    def serve(self, client: socket.socket) -> None:
        with suppress(OSError), self.context.wrap_socket(client, server_side=True) as encrypted:
            super().serve(encrypted)


@contextmanager
def freezable_proxy(host: str, port: int) -> Iterator[FreezableProxy]:
    proxy = FreezableProxy(host, port)
    try:
        yield proxy
    finally:
        proxy.close()
