"""The service under torture: real processes on a database of their own, and a view into it."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import psycopg2
from celery import Celery
from redis import Redis

from config.values import ROOT
from tests.chaos.databases import database
from tests.support.servers.brokers import broker_command
from tests.support.servers.service import Service
from tests.support.waiting import wait_until

SETTLED = "('none', 'ready', 'failed')"


class Service(Service):
    """A stack as it runs in production: its settings, and a supervisor who starts again what ends.

    Like compose's, its broker keeps nothing on disk: killed, it has forgotten everything.
    """

    worker_app = "config"
    extras: tuple[str, ...] = ()

    def __init__(self, database_url: str, folder: Path, **environment: str) -> None:
        production = {"DEBUG": "False", "SECRET_KEY": uuid4().hex, "API_ACCESS": "open"}
        super().__init__(database_url, folder, **production, **environment)
        self.media = Path(self.environment["MEDIA_ROOT"])
        self.restarts: Counter[str] = Counter()
        self.over = Event()
        self.supervisor = Thread(target=self.supervise, daemon=True)

    def commands(self) -> dict[str, list[str]]:
        """Give the stack's programs, and a second one of each that is named in `extras`."""
        celery = [sys.executable, "-m", "celery", "-A", self.worker_app]
        commands = super().commands() | {
            "broker": broker_command(
                self.broker_port, "--dir", str(self.folder), "--appendonly", "no"
            ),
            "worker": [*celery, "worker", "--without-gossip", "--without-mingle",
                       "--concurrency", "2", "--loglevel", "INFO"],
        }  # fmt: skip
        second = {
            "worker": ["--hostname", "second@%h"],
            "beat": ["-s", str(self.folder / "second-beat")],
        }
        return commands | {f"{name}-2": commands[name] + second[name] for name in self.extras}

    def supervise(self) -> None:
        while not self.over.wait(0.1):
            for name, process in list(self.processes.items()):
                if process.poll() is not None and self.processes.get(name) is process:
                    self.restarts[name] += 1
                    if process.returncode != -signal.SIGKILL:  # that was us
                        self.show_log(name, 60)
                    self.start(name)

    def kill(self, name: str) -> None:
        """Kill a program with all its children, and leave it dead."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        self.over.set()
        if self.supervisor.is_alive():
            self.supervisor.join()
        super().stop()

    def show_log(self, name: str, lines: int) -> None:
        """Show how a program's log ends, after something that no plan expected."""
        log = (self.folder / f"{name}.log").read_text(errors="replace").splitlines()
        print(f"--- {name}", *log[-lines:], sep="\n", file=sys.stderr)

    @property
    def broker(self) -> Redis:
        return Redis(port=self.broker_port)

    def ask_worker(self, *product_ids: str) -> None:
        """Publish the task of these products, past the API and its rules."""
        with Celery(broker=self.environment["REDIS_URL"]) as app:
            app.conf.task_default_queue = "catalog.tasks"
            for product_id in product_ids:
                app.send_task(
                    "products.tasks.generate_thumbnail", kwargs={"product_id": product_id}
                )

    def rows(self, query: str, *values: Any) -> list[tuple]:
        """Ask the service's database, past the service."""
        connection = psycopg2.connect(self.environment["DATABASE_URL"])
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall()
        finally:
            connection.close()

    def unsettled(self) -> int:
        """Count the pictures that still wait for their thumbnail."""
        query = f"SELECT count(*) FROM products_product WHERE thumbnail_status NOT IN {SETTLED}"
        return self.rows(query)[0][0]

    def wait_until_settled(self, seconds: float = 300) -> float:
        """Wait until no picture waits any more; give the seconds that it took."""
        start = monotonic()
        wait_until(lambda: not self.unsettled(), seconds)
        return monotonic() - start

    def lost(self, ids: Sequence[str]) -> int:
        """Count the products that were answered with 201 and are gone, or never settled."""
        query = f"SELECT id::text FROM products_product WHERE thumbnail_status IN {SETTLED}"
        return len(set(ids) - {key for (key,) in self.rows(query)})

    def children(self, name: str) -> list[int]:
        """Name the processes that a program has forked."""
        pid = self.processes[name].pid
        try:
            return [int(child) for child in proc(pid, f"task/{pid}/children").split()]
        except OSError:
            return []

    def manage(self, *command: str) -> str:
        """Run a management command, and give what it says."""
        run = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=self.environment,
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return run.stdout


def proc(pid: int, file: str) -> str:
    return Path("/proc", str(pid), file).read_text()


def memory(pid: int, kind: str = "VmHWM") -> float:
    """Give the memory of a process in MB: its peak (VmHWM), or what it has now (VmRSS)."""
    try:
        lines = proc(pid, "status").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(kind)) / 1024


@contextmanager
def running(kind: type[Service] = Service, **environment: str) -> Iterator[Service]:
    """Start the service, give it once it is well, and leave nothing of it behind."""
    with TemporaryDirectory(prefix="torture-") as folder, database() as url:
        service = kind(url, Path(folder), **environment)
        try:
            service.manage("migrate")
            service.start()
            service.supervisor.start()
            service.wait_until_ready()
            yield service
        except BaseException:
            for name in service.commands():
                service.show_log(name, 15)
            raise
        finally:
            service.stop()
            sleep(0.1)
