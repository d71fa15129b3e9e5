"""Run scenarios: all, or those that are named, such as `list-cursor detail`."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2

from benchmarks import images, indexes, machine, programs, reads, report, scale, writes
from benchmarks.data import fill
from benchmarks.load import require_wrk
from benchmarks.scenario import Options
from benchmarks.servers import Servers
from config.environment.values import ROOT
from tests.support.servers.databases import temporary_database

SCENARIOS = [
    *reads.SCENARIOS,
    *writes.SCENARIOS,
    *indexes.SCENARIOS,
    *programs.SCENARIOS,
    *images.SCENARIOS,
]
FAST = Options(rounds=2, seconds=2, products=20_000)
MILLION = 1_000_000


@contextmanager
def filled_database(products: int, folder: Path) -> Iterator[str]:
    """Create a database with a catalog, and yield its URL."""
    with temporary_database() as url:
        variables = {"DATABASE_URL": url, "DEBUG": "True", "MEDIA_ROOT": str(folder / "media")}
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=ROOT, env=os.environ | variables, check=True,
        )  # fmt: skip
        print(f"Inserting {products:,} products ...", flush=True)
        with closing(psycopg2.connect(url)) as connection:
            connection.autocommit = True
            fill(connection, products)
        yield url


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    names = [scenario.name for scenario in SCENARIOS]
    parser.add_argument("scenario", nargs="*", help=f"all, or some of: {', '.join(names)}")
    parser.add_argument("--fast", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--scale", action="store_true", help="each documented question instead")
    parser.add_argument("--products", type=int, help="how many")
    parser.add_argument("--rounds", type=int, help="how many; 5 by default")
    parser.add_argument("--seconds", type=float, help="the duration of a round; 4 by default")
    parser.add_argument("--write", action="store_true", help="write benchmarks/RESULTS.md")
    values = parser.parse_args()
    if unknown := set(values.scenario) - set(names):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(names)}")
    return values


def options_of(values: argparse.Namespace) -> Options:
    base = FAST if values.fast else Options(products=MILLION) if values.scale else Options()
    return Options(
        values.rounds or base.rounds,
        values.seconds or base.seconds,
        values.products or base.products,
    )


def main() -> None:
    values = arguments()
    options = options_of(values)
    require_wrk()
    # The programs that are started read these variables, and shall use what is given to them.
    for name in ("REDIS_URL", "CACHE_URL", "S3_BUCKET"):
        os.environ.pop(name, None)
    former = report.RESULTS.read_text() if report.RESULTS.exists() else ""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="benchmark-")))
        url = stack.enter_context(filled_database(options.products, folder))
        servers = Servers(url, folder, stack)
        if values.scale:
            lines = scale.run(servers, options)
            text = report.replace_section(former, report.SCALE, lines)
        else:
            outcomes = []
            for scenario in SCENARIOS:
                if values.scenario and scenario.name not in values.scenario:
                    continue
                print(f"{scenario.name} ...", flush=True)
                outcomes.append((scenario, scenario.run(servers, options)))
                print("\n".join(report.scenario_lines(*outcomes[-1])), flush=True)
            rows = report.goal_rows(outcomes)
            lines = report.table(["Work", "Goal", "Measured", ""], rows)
            text = report.render(former, machine.facts(), options, outcomes)
        print("\n".join(lines))
        if values.write:
            report.RESULTS.write_text(text)


if __name__ == "__main__":
    main()
