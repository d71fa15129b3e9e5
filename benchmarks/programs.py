"""Scenarios about the programs: how long a start takes, and how much memory they need."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import monotonic, sleep

from benchmarks.measure import Spread, process_tree, proportional_memory
from benchmarks.scenario import Goal, Measured, Options, Scenario
from benchmarks.servers import CatalogService, Servers
from config.environment.values import ROOT
from tests.support.servers.ports import unused_port
from tests.support.waiting import wait_until

POLL = 0.02  # seconds
# Words in the commands that supervisord starts.
PROGRAMS = {"web": "deploy.container.web", "worker": " worker", "beat": "beat", "flower": "flower"}
ENTRY_POINT = ["./entrypoint.sh", "python", "-m", "deploy.container.supervise"]


@contextmanager
def started(command: list[str], service: CatalogService) -> Iterator[tuple[int, float]]:
    """Start a command, and yield its process and the seconds until it responds; then stop it."""
    log, start = service.log_path("start"), monotonic()
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=service.environment, stdout=output, stderr=output
        )
    try:
        while not service.is_live():
            if process.poll() is not None or monotonic() > start + 60:
                raise RuntimeError(log.read_text()[-2000:])
            sleep(POLL)
        yield process.pid, monotonic() - start
    finally:
        process.terminate()
        process.wait(60)


def installation(servers: Servers, name: str) -> CatalogService:
    """Return the variables of the whole service in a folder of its own, on the run's Redis."""
    folder = servers.folder / name
    folder.mkdir(exist_ok=True)
    service = CatalogService(servers.database_url, folder)
    service.environment |= {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "REDIS_URL": servers.catalog.environment["REDIS_URL"],
        "FLOWER_PORT": str(unused_port()),
        "RUNTIME_DIR": str(folder),
        "SUPERVISORD_INCLUDE": str(folder / "*.none"),
    }
    return service


def measure_start(servers: Servers, options: Options) -> list[Measured]:
    """Measure the container's entry point against Gunicorn alone, on a migrated database."""
    service = installation(servers, "start")
    commands = {"Gunicorn alone": service.commands()["web"], "entry point": ENTRY_POINT}
    times: dict[str, list[float]] = {name: [] for name in (*commands, "everything up")}
    for _ in range(options.repetitions):
        for name, command in commands.items():
            servers.catalog.forget_responses()  # and the heartbeat of the former worker
            start = monotonic()
            with started(command, service) as (pid, seconds):
                times[name].append(seconds)
                if command is ENTRY_POINT:
                    wait_until(partial(all_run, pid), 60)
                    service.wait_until_ready()
                    times["everything up"].append(monotonic() - start)
    return [Measured(name, Spread.of(values), "s") for name, values in times.items()]


def memory(servers: Servers, options: Options) -> list[Measured]:
    """Measure all programs of the service at rest, after a few requests and an idle time."""
    service = installation(servers, "memory")
    with started(ENTRY_POINT, service) as (pid, _):
        wait_until(partial(all_run, pid), 60)
        service.wait_until_ready()
        for _ in range(20):
            service.request("GET", "/api/products/")
        sleep(5)  # for what programs still do after their start
        sizes = {
            name: proportional_memory(process_tree(program))
            for name, program in programs_below(pid).items()
        }
    sizes = {"all programs": sum(sizes.values())} | sizes
    return [Measured(name, Spread.of([size]), "MiB") for name, size in sizes.items()]


def all_run(pid: int) -> bool:
    return len(programs_below(pid)) == len(PROGRAMS)


def programs_below(pid: int) -> dict[str, int]:
    """Return the processes that supervisord has started, by the name of the program."""
    found: dict[str, int] = {}
    for child in process_tree(pid):
        command = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        for name, word in PROGRAMS.items():
            if word in command and "after_migration" not in command:
                found.setdefault(name, child)
    return found


SCENARIOS = [
    Scenario(
        "start", "Start to the first healthy response", measure_start,
        [
            Goal("≤ 2.5 × Gunicorn alone", "entry point", 2.5, "Gunicorn alone", at_most=True),
            Goal("everything up ≤ 6 s", "everything up", 6, at_most=True),
        ],
    ),
    Scenario(
        "memory", "Memory at rest (PSS)", memory,
        [Goal("all programs ≤ 380 MiB", "all programs", 380, at_most=True)],
    ),
]  # fmt: skip
