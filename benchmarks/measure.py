"""CPU time and memory of processes, and what repeated measurements come to."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.support.servers.databases import connect

TICKS = os.sysconf("SC_CLK_TCK")
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"


@dataclass(frozen=True)
class Spread:
    """The median of some measurements, and the least and the greatest of them."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        return cls(median(values), min(values), max(values))


def process_tree(pid: int) -> list[int]:
    """Return the id of a process and those of all below it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(below for child in children for below in process_tree(int(child)))]


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process in user and in kernel mode; 0 if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / TICKS


def proportional_memory(pids: Iterable[int]) -> float:
    """Return the memory of processes in MiB (PSS): what they share is counted once."""
    kilobytes = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024


def backends(database_url: str) -> list[int]:
    """Return the processes of PostgreSQL that serve a database, but for this question's own."""
    with connect(database_url) as cursor:
        cursor.execute(BACKENDS + " AND pid <> pg_backend_pid()")
        return [pid for (pid,) in cursor.fetchall()]


@dataclass(frozen=True)
class CpuTime:
    """CPU seconds of the processes of a server, and of the database for it."""

    server: float
    database: float


class CpuMeter:
    """Measures the CPU time that a server and its database spend on some work.

    Both have to be on this machine. A backend that ends during the work is not counted, so
    connections should persist.
    """

    def __init__(self, server: Callable[[], list[int]], database_url: str) -> None:
        self.server, self.database_url = server, database_url
        self.start = self._read()

    def _read(self) -> tuple[dict[int, float], dict[int, float]]:
        server, database = self.server(), backends(self.database_url)
        return ({pid: cpu_seconds(pid) for pid in server}, {p: cpu_seconds(p) for p in database})

    def read(self) -> CpuTime:
        """Return the CPU time since the start."""
        (server, database), end = self.start, self._read()
        return CpuTime(increase(server, end[0]), increase(database, end[1]))


def increase(before: dict[int, float], after: dict[int, float]) -> float:
    """Return what the counters of all processes have grown by; new ones started at zero."""
    return sum(max(0, seconds - before.get(pid, 0)) for pid, seconds in after.items())
