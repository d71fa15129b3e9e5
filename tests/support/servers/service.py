"""The whole service as real processes, some of which a test may kill."""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from config.environment.values import ROOT
from tests.support.http_client import HttpClient
from tests.support.servers.brokers import broker_command
from tests.support.servers.ports import unused_port
from tests.support.waiting import wait_until

HAS_NGINX = shutil.which("nginx") is not None


class Service(HttpClient):
    """Gunicorn, a worker, beat and a broker of its own on an existing database, and its client."""

    def __init__(self, database_url: str, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port, self.broker_port = unused_port(), unused_port()
        super().__init__(f"http://127.0.0.1:{self.port}")
        self.processes: dict[str, subprocess.Popen] = {}
        self.additional_commands: dict[str, list[str]] = {}
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

    def add_nginx(self) -> None:
        """Serve through nginx, as the image does."""
        self.additional_commands["nginx"] = [sys.executable, "-m", "deploy.container.nginx"]
        self.environment |= {"RUNTIME_DIR": str(self.folder), "WEB_SOCKET": "gunicorn.sock"}

    @property
    def has_nginx(self) -> bool:
        return "nginx" in self.additional_commands

    def commands(self) -> dict[str, list[str]]:
        celery = [sys.executable, "-m", "celery", "-A", "config"]
        web = [sys.executable, "-m", "gunicorn", "--config", "deploy/container/gunicorn.conf.py"]
        broker = broker_command(self.broker_port, "--dir", str(self.folder), "--appendonly", "yes")
        return {
            "broker": broker,
            "web": [*web, "config.wsgi"],
            "worker": [*celery, "worker", "-c", "2", "--without-gossip", "--without-mingle"],
            "beat": [sys.executable, "-m", "deploy.container.beat", str(self.folder / "beat")],
            **self.additional_commands,
        }

    def start(self, *names: str) -> None:
        for name in names or self.commands():
            with self.log_path(name).open("ab") as log:
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

    def manage(self, *command: str) -> str:
        """Run a management command, and return its output."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=self.environment,
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout

    def log_path(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def print_log(self, name: str, lines: int) -> None:
        """Print how a program's log ends, after something unexpected."""
        if self.log_path(name).exists():
            log = self.log_path(name).read_text(errors="replace").splitlines()
            print(f"--- {name}", *log[-lines:], sep="\n", file=sys.stderr)

    def access_log(self) -> list[str]:
        log = self.log_path("nginx" if self.has_nginx else "web").read_text()
        return [line for line in log.splitlines() if " access [" in line]

    def is_live(self) -> bool:
        try:
            return self.request("GET", "/health/live/").status == 200
        except OSError:
            return False

    def checks(self) -> dict[str, str]:
        """Return the status of each health check; nothing if the service is unavailable."""
        try:
            checks = self.request("GET", "/health/").json.get("checks", {})
        except OSError:
            return {}
        return {name: check["status"] for name, check in checks.items()}

    def wait_until_ready(self) -> None:
        wait_until(lambda: set(self.checks().values()) == {"ok"}, 60)

    def wait_for_thumbnail(self, slug: str, timeout: float = 40) -> dict[str, Any]:
        """Return the product once its thumbnail is ready or has failed."""

        def finished_product() -> dict[str, Any] | None:
            product = self.request("GET", f"/api/products/{slug}/").json
            return product if product["thumbnail_status"] in {"ready", "failed"} else None

        return wait_until(finished_product, timeout)


@contextmanager
def running(service: Service, *programs: str) -> Iterator[Service]:
    """Start a service or some of its programs, and yield it once it is ready; stop it at the end.

    Without a worker, it is ready when it is live. After an error the logs' ends are printed.
    """
    try:
        service.start(*programs)
        if "worker" in service.processes:
            service.wait_until_ready()
        else:
            wait_until(service.is_live, 60)
        yield service
    except BaseException:
        for name in service.commands():
            service.print_log(name, 15)
        raise
    finally:
        service.stop()


@contextmanager
def running_web_server(name: str, folder: Path, **environment: str) -> Iterator[Service]:
    """Run Gunicorn alone (`gunicorn`) or behind `nginx`, on an empty SQLite database."""
    database = shutil.copy(migrated_database(), folder / "db.sqlite3")
    service = Service(f"sqlite:///{database}", folder, **environment)
    if name == "nginx":
        service.add_nginx()
    with running(service, "web", *service.additional_commands):
        yield service


@cache
def migrated_database() -> Path:
    """Return a migrated SQLite database for copies of it, made once per process."""
    folder = Path(tempfile.mkdtemp(prefix="catalog-database-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = folder / "db.sqlite3"
    Service(f"sqlite:///{database}", folder).manage("migrate", "--verbosity", "0")
    return database
