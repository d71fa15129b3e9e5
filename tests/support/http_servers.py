"""The servers that clients meet before Django, as real processes."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.support.stack import HAS_NGINX, ROOT, Stack, until

MEGABYTE = bytes(2**20)
KIND = {"Content-Type": "application/octet-stream"}


SERVERS = [
    "gunicorn",
    pytest.param("nginx", marks=pytest.mark.skipif(not HAS_NGINX, reason="nginx is not installed")),
]


@contextmanager
def running(kind: str, folder: Path, **environment: str) -> Iterator[Stack]:
    server = Stack(f"sqlite:///{folder / 'db.sqlite3'}", folder, **environment)
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=server.environment, check=True)
    if kind == "nginx":
        server.put_nginx_in_front()
    server.start("web", *server.programs)
    try:
        until(lambda: is_up(server), 60)
        yield server
    finally:
        server.stop()


def is_up(server: Stack) -> bool:
    try:
        return server.request("GET", "/health/live/").status == 200
    except OSError:
        return False


def connect(server: Stack) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", server.port, timeout=20)


def exchange(server: Stack, request: str) -> str:
    """Send these bytes, and return all that comes until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
        client.sendall(request.replace("\n", "\r\n").encode())
        return b"".join(iter(lambda: client.recv(65_536), b"")).decode()


def access_log(server: Stack) -> list[str]:
    log = server.folder / ("nginx.log" if "nginx" in server.programs else "web.log")
    return [line for line in log.read_text().splitlines() if " access [" in line]
