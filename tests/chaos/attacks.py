"""Clients that want nothing but to be waited for."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from select import select
from threading import Event, Thread

LARGE = 600_000_000  # bytes
HEAD = "GET /api/products/ HTTP/1.1\r\nHost: localhost\r\n"
FORM = (
    "POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: csrftoken=made-up\r\n"
    "Content-Type: multipart/form-data; boundary=x\r\n{length}\r\n\r\n"
)
PART = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n'


@dataclass(frozen=True)
class Attack:
    """So many connections that all send this, and then wait; or that send it bit by bit."""

    what: str
    connections: int
    sends: bytes
    is_slow: bool = False


def attacks(image: str) -> list[Attack]:
    """Return what is tried; `image` is the path of a large one."""
    body = FORM.format(path="/api/products/", length="Content-Length: 10000000").encode()
    return [
        Attack("64 half request heads", 64, HEAD.encode()),
        Attack("64 heads and a byte of a body", 64, body + b"-"),
        Attack("64 heads, a byte a second", 64, HEAD.encode() * 10, is_slow=True),
        Attack("64 that are silent", 64, b""),
        Attack("100 that close and stay", 100,
               HEAD.replace("/api/products/", "/health/live/").encode()
               + b"Connection: close\r\n\r\n"),
        Attack("32 that do not read 9.5 MB", 32, HEAD.replace("/api/products/", image).encode()
               + b"\r\n"),
    ]  # fmt: skip


@contextmanager
def under(attack: Attack, port: int) -> Iterator[None]:
    """Keep the attack up in this block."""
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(port)) for _ in range(attack.connections)]
        over = Event()
        if attack.is_slow:
            Thread(target=trickle, args=[clients, attack.sends, over], daemon=True).start()
        else:
            for client in clients:
                client.sendall(attack.sends)
        yield
        over.set()


def connect(port: int) -> socket.socket:
    """Connect with a small window, so that what is not read soon fills it."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(20)
    client.connect(("127.0.0.1", port))
    return client


def trickle(clients: list[socket.socket], data: bytes, over: Event) -> None:
    for byte in data:
        for client in clients:
            with suppress(OSError):  # the server has closed it
                client.send(bytes([byte]))
        if over.wait(1):
            return


def send_large_form(port: int, path: str, *, is_chunked: bool) -> int:
    """Send a form of 600 MB for as long as the server takes it; return the status."""
    length = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {LARGE}"
    piece = PART + bytes(2**20)
    if is_chunked:
        piece = f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    with connect(port) as client:
        with suppress(OSError):
            client.sendall(FORM.format(path=path, length=length).encode())
            for _ in range(LARGE // len(piece)):
                client.sendall(piece)
                if has_answered(client):
                    break
        with suppress(OSError):
            response = client.recv(4096).split()
            return int(response[1]) if response else 0
    return 0


def has_answered(client: socket.socket) -> bool:
    return bool(select([client], [], [], 0)[0])
