"""The service as it runs in production, supervised, on a database of its own."""

import os
import signal
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

from celery import Celery
from redis import Redis

from tests.support.servers.brokers import broker_command
from tests.support.servers.databases import connect, temporary_database
from tests.support.servers.service import Service, running
from tests.support.waiting import wait_until

FINISHED = "('none', 'ready', 'failed')"


class SupervisedService(Service):
    """A service in production's settings, whose programs are restarted when they end.

    Like compose's, its broker keeps nothing on disk: killed, it has lost all messages.
    """

    worker_app = "config"
    duplicated: tuple[str, ...] = ()

    def __init__(self, database_url: str, folder: Path, **environment: str) -> None:
        production = {"DEBUG": "False", "SECRET_KEY": uuid4().hex, "API_ACCESS": "open"}
        super().__init__(database_url, folder, **production, **environment)
        self.media = Path(self.environment["MEDIA_ROOT"])
        self.restarts: Counter[str] = Counter()
        self.stopping = Event()
        self.supervisor = Thread(target=self.supervise, daemon=True)

    def commands(self) -> dict[str, list[str]]:
        """Return the commands of the programs, with a second one of each in `duplicated`."""
        worker = [sys.executable, "-m", "celery", "-A", self.worker_app, "worker"]
        options = ["--without-gossip", "--without-mingle", "--concurrency", "2"]
        commands = super().commands() | {
            "broker": broker_command(self.broker_port, "--dir", str(self.folder)),
            "worker": [*worker, *options, "--loglevel", "INFO"],
        }
        second = {
            "worker": [*commands["worker"], "--hostname", "second@%h"],
            "beat": [*commands["beat"][:-1], str(self.folder / "second-beat")],
        }
        return commands | {f"{name}-2": second[name] for name in self.duplicated}

    def supervise(self) -> None:
        """Restart programs that end by themselves, and count that."""
        while not self.stopping.wait(0.1):
            for name, process in list(self.processes.items()):
                if process.poll() is not None and self.processes.get(name) is process:
                    self.restarts[name] += 1
                    if process.returncode != -signal.SIGKILL:  # which scenarios send
                        self.print_log(name, 60)
                    self.start(name)

    def wait_until_ready(self) -> None:
        if not self.supervisor.ident:
            self.supervisor.start()
        super().wait_until_ready()

    def kill(self, name: str) -> None:
        """Kill a program with all its children. It is not restarted."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        self.stopping.set()
        if self.supervisor.is_alive():
            self.supervisor.join()
        super().stop()
        sleep(0.1)  # for the children of killed programs to close their files

    @property
    def broker(self) -> Redis:
        return Redis(port=self.broker_port)

    def publish_tasks(self, *product_ids: str) -> None:
        """Publish the task of these products, bypassing the API and its rules."""
        with Celery(broker=self.environment["REDIS_URL"]) as app:
            app.conf.task_default_queue = "catalog.tasks"
            for product_id in product_ids:
                app.send_task(
                    "products.tasks.generate_thumbnail", kwargs={"product_id": product_id}
                )

    def rows(self, query: str, *values: Any) -> list[tuple]:
        """Query the service's database, bypassing the service."""
        with connect(self.environment["DATABASE_URL"]) as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def count(self, condition: str, *values: Any) -> int:
        """Return the number of products that meet a condition in SQL."""
        return self.rows(f"SELECT count(*) FROM products_product WHERE {condition}", *values)[0][0]

    def unfinished(self) -> int:
        """Return the number of images without a final thumbnail status."""
        return self.count(f"thumbnail_status NOT IN {FINISHED}")

    def wait_until_finished(self, timeout: float = 300) -> float:
        """Wait until no image is unfinished, and return how many seconds that took."""
        start = monotonic()
        wait_until(lambda: not self.unfinished(), timeout)
        return monotonic() - start

    def lost(self, ids: Sequence[str]) -> int:
        """Return the number of created products that do not exist or are unfinished."""
        query = f"SELECT id::text FROM products_product WHERE thumbnail_status IN {FINISHED}"
        return len(set(ids) - {key for (key,) in self.rows(query)})

    def children(self, name: str) -> list[int]:
        """Return the ids of the processes that a program has forked."""
        pid = self.processes[name].pid
        try:
            return [int(child) for child in read_proc(pid, f"task/{pid}/children").split()]
        except OSError:
            return []


def read_proc(pid: int, file: str) -> str:
    return Path("/proc", str(pid), file).read_text()


def peak_memory(pid: int) -> float:
    """Return the most memory in MB that a process has ever had; 0 if it has ended."""
    try:
        lines = read_proc(pid, "status").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


@contextmanager
def running_service(
    service_class: type[SupervisedService] = SupervisedService, **environment: str
) -> Iterator[SupervisedService]:
    """Run the service in a temporary folder on a temporary database."""
    with TemporaryDirectory(prefix="chaos-") as folder, temporary_database() as url:
        service = service_class(url, Path(folder), **environment)
        service.manage("migrate")
        with running(service):
            yield service
