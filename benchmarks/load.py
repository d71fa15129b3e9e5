"""Requests from many connections at once (wrk), and from one client in turn."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from time import perf_counter

SCRIPT = Path(__file__).with_name("wrk.lua")
CONNECTIONS = 8

offsets = count(0, 1_000_000)  # no two runs send the same numbers


@dataclass(frozen=True)
class Requests:
    """What a client sends: each path in turn, with the same headers and body."""

    paths: Sequence[str]
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class LoadResult:
    requests: int
    seconds: float
    failures: int
    bytes: int
    p50: float  # milliseconds
    p99: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def require_wrk() -> None:
    """Exit with a message if wrk is not installed."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed: apt-get install wrk (https://github.com/wg/wrk)")


def run_wrk(
    origin: str, requests: Requests, folder: Path, seconds: float, connections: int = CONNECTIONS
) -> LoadResult:
    """Send requests for this long from several connections, and return what came of it."""
    paths, body = folder / "paths", folder / "body"
    paths.write_text("\n".join(requests.paths) + "\n")
    arguments = [str(paths), str(next(offsets)), requests.method]
    arguments += [part for header in requests.headers.items() for part in header]
    if requests.body:
        body.write_bytes(requests.body)
        arguments += ["--body", str(body)]
    # wrk takes whole seconds, and fractions of no unit.
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "-s", str(SCRIPT)]
    done = subprocess.run(
        [*command, origin, "--", *arguments], check=True, capture_output=True, text=True
    )
    return parse_wrk(done.stdout)


def parse_wrk(output: str) -> LoadResult:
    """Return the result that the script prints as the last line."""
    result = json.loads(output.strip().splitlines()[-1])
    return LoadResult(
        result["requests"],
        result["microseconds"] / 1e6,
        result["failures"],
        result["bytes"],
        result["p50"],
        result["p99"],
    )


class Client:
    """One client with one connection that is kept."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and content."""
        self.connection.request("GET", path, headers=headers)
        response = self.connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()

    def milliseconds(self, path: str) -> tuple[float, int]:
        """Return how long a request took, and the status of its response."""
        start = perf_counter()
        status, _, _ = self.get(path)
        return (perf_counter() - start) * 1000, status
