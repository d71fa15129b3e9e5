"""Clients that are slow, silent or greedy."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from select import select
from threading import Event, Thread

LARGE = 600_000_000  # bytes
HEAD = "GET /api/products/ HTTP/1.1\r\nHost: localhost\r\n"
FORM = (
    "POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: csrftoken=invalid\r\n"
    "Content-Type: multipart/form-data; boundary=x\r\n{length}\r\n\r\n"
)
PART = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n'


@dataclass(frozen=True)
class Attack:
    """Connections that all send the same bytes and then wait, or send them slowly."""

    name: str
    connections: int
    sends: bytes
    is_slow: bool = False


def attacks(image: str) -> list[Attack]:
    """Return all attacks; `image` is the path of a large image."""
    body = FORM.format(path="/api/products/", length="Content-Length: 10000000").encode()
    return [
        Attack("64 incomplete request heads", 64, HEAD.encode()),
        Attack("64 heads and a byte of a body", 64, body + b"-"),
        Attack("64 heads, a byte a second", 64, HEAD.encode() * 10, is_slow=True),
        Attack("64 silent connections", 64, b""),
        Attack("100 that stay open after a response", 100,
               HEAD.replace("/api/products/", "/health/live/").encode()
               + b"Connection: close\r\n\r\n"),
        Attack("32 that do not read 9.5 MB", 32, HEAD.replace("/api/products/", image).encode()
               + b"\r\n"),
    ]  # fmt: skip


@contextmanager
def run_attack(attack: Attack, port: int) -> Iterator[None]:
    """Keep the attack up during the block."""
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(port)) for _ in range(attack.connections)]
        stopping = Event()
        if attack.is_slow:
            Thread(target=send_slowly, args=[clients, attack.sends, stopping], daemon=True).start()
        else:
            for client in clients:
                client.sendall(attack.sends)
        yield
        stopping.set()


def connect(port: int) -> socket.socket:
    """Connect with a small receive window, which unread data soon fills."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(20)
    client.connect(("127.0.0.1", port))
    return client


def send_slowly(clients: list[socket.socket], data: bytes, stopping: Event) -> None:
    for byte in data:
        for client in clients:
            with suppress(OSError):  # the server has closed it
                client.send(bytes([byte]))
        if stopping.wait(1):
            return


def send_large_form(port: int, path: str, *, is_chunked: bool) -> int:
    """Send a form of 600 MB until the server responds, and return the status."""
    length = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {LARGE}"
    part = PART + bytes(2**20)
    if is_chunked:
        part = f"{len(part):x}\r\n".encode() + part + b"\r\n"
    with connect(port) as client:
        with suppress(OSError):
            client.sendall(FORM.format(path=path, length=length).encode())
            for _ in range(LARGE // len(part)):
                client.sendall(part)
                if has_response(client):
                    break
        with suppress(OSError):
            response = client.recv(4096).split()
            return int(response[1]) if response else 0
    return 0


def has_response(client: socket.socket) -> bool:
    return bool(select([client], [], [], 0)[0])
