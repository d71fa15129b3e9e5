"""The service and its peers, as processes on free ports of this machine."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

from redis import Redis

from benchmarks.load import Client
from benchmarks.measure import process_tree
from config.environment.values import ROOT
from tests.support.servers.ports import is_listening, unused_port
from tests.support.servers.service import Service, running
from tests.support.waiting import wait_until

PEERS = {
    "django": ["--config", "benchmarks/peers/gunicorn_gthread.py", "benchmarks.peers.django_peers"],
    "fastapi": [
        "--config", "benchmarks/peers/gunicorn_uvicorn.py", "benchmarks.peers.fastapi_peer:app",
    ],
    "wsgi": ["--config", "benchmarks/peers/gunicorn_gthread.py", "benchmarks.peers.wsgi_peer"],
}  # fmt: skip


class CatalogService(Service):
    """The service as production runs it, without nginx, on an existing database."""

    def __init__(self, database_url: str, folder: Path) -> None:
        super().__init__(
            database_url,
            folder,
            DEBUG="False",
            SECRET_KEY=uuid4().hex * 2,
            API_ACCESS="open",
            LOG_LEVEL="WARNING",
        )

    def pids(self, program: str = "web") -> list[int]:
        return process_tree(self.processes[program].pid)

    def forget_responses(self) -> None:
        """Empty the cache, so that the next requests are answered from the database."""
        Redis(port=self.broker_port).flushall()


class Peer:
    """A peer under Gunicorn. Its log goes to a file."""

    def __init__(self, name: str, database_url: str, folder: Path) -> None:
        self.name, self.port, self.log = name, unused_port(), folder / f"{name}.log"
        environment = os.environ | {
            "DATABASE_URL": database_url,
            "PORT": str(self.port),
            "MEDIA_ROOT": str(folder / "media"),
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *PEERS[name]],
                cwd=ROOT, env=environment, stdout=log, stderr=log,
            )  # fmt: skip

    def pids(self, program: str = "web") -> list[int]:
        return process_tree(self.process.pid)

    def forget_responses(self) -> None:
        """Return at once: no peer caches anything."""

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


Server = CatalogService | Peer


@contextmanager
def running_peer(name: str, database_url: str, folder: Path) -> Iterator[Peer]:
    peer = Peer(name, database_url, folder)
    try:
        wait_until(lambda: peer.process.poll() is not None or is_listening(peer.port), 30)
        yield peer
    except BaseException:
        print(f"--- {name}", peer.log.read_text()[-3000:], sep="\n", file=sys.stderr)
        raise
    finally:
        peer.stop()


class Servers:
    """The servers of a run: each is started when a scenario first needs it."""

    def __init__(self, database_url: str, folder: Path, stack: ExitStack) -> None:
        self.database_url, self.folder, self.stack = database_url, folder, stack
        self.running: dict[str, Server] = {}

    def __getitem__(self, name: str) -> Server:
        if name not in self.running:
            self.running[name] = self.stack.enter_context(self._start(name))
        return self.running[name]

    @contextmanager
    def _start(self, name: str) -> Iterator[Server]:
        if name != "catalog":
            with running_peer(name, self.database_url, self.folder) as peer:
                yield peer
            return
        service = CatalogService(self.database_url, self.folder)
        with running(service, "broker", "web"):
            yield service

    @property
    def catalog(self) -> CatalogService:
        service = self["catalog"]
        assert isinstance(service, CatalogService)
        return service

    def client(self, name: str) -> Client:
        return Client(self[name].port)
