"""The facts about the machine and the programs that results depend on."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

from benchmarks.paths import column
from tests.support.servers.databases import url_of

PACKAGES = (
    "django", "djangorestframework", "psycopg2-binary", "gunicorn", "celery", "pillow", "fastapi",
    "asyncpg", "orjson", "uvicorn", "pyvips", "easy-thumbnails",
)  # fmt: skip


def facts() -> list[tuple[str, str]]:
    """Return names and values, none of which identifies the machine."""
    (postgresql,) = column(url_of("postgres"), "SHOW server_version")
    return [
        ("CPU", f"{cpu_model()}, {len(os.sched_getaffinity(0))} cores"),
        ("Memory", f"{field_of('/proc/meminfo', 'MemTotal', 'kB') / 2**20:.0f} GiB"),
        ("System", f"{platform.system()} {platform.machine()}"),
        ("Python", platform.python_version()),
        ("PostgreSQL", postgresql.split()[0]),
        *((package, version(package)) for package in PACKAGES),
    ]


def cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


def field_of(file: str, name: str, unit: str) -> int:
    """Return the number in a line such as `MemTotal: 16 kB`."""
    lines = Path(file).read_text().splitlines()
    value = next(line for line in lines if line.startswith(f"{name}:")).partition(":")[2]
    return int(value.removesuffix(unit))
