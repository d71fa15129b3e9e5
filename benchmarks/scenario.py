"""What a scenario is: candidates that do the same work, and goals for the ratios of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.load import Client, Requests, run_wrk
from benchmarks.measure import CpuMeter, Spread
from benchmarks.servers import Server, Servers


@dataclass(frozen=True)
class Options:
    """How long a run measures."""

    rounds: int = 5
    seconds: float = 4
    products: int = 100_000

    @property
    def repetitions(self) -> int:
        """Return how often a slow piece of work is repeated, such as a start."""
        return max(2, self.rounds // 2 + 1)


@dataclass(frozen=True)
class Measured:
    """What one candidate achieved in all rounds: requests a second, or a cost in some unit."""

    candidate: str
    value: Spread
    unit: str = "req/s"
    server_cpu: float | None = None  # milliseconds a request, the median of the rounds
    database_cpu: float | None = None
    note: str = ""

    @property
    def cpu(self) -> float:
        return (self.server_cpu or 0) + (self.database_cpu or 0)


@dataclass(frozen=True)
class Goal:
    """A bound for the ratio of two candidates, or for the value of one."""

    text: str
    candidate: str
    bound: float
    to: str = ""
    at_most: bool = False
    of: str = "value"  # or `cpu`

    def ratio(self, measured: dict[str, Measured]) -> float | None:
        """Return what the goal is about; nothing if a candidate was not measured."""
        if self.candidate not in measured or (self.to and self.to not in measured):
            return None
        value = self._number(measured[self.candidate])
        return value / (self._number(measured[self.to]) or 1e-9) if self.to else value

    def _number(self, measured: Measured) -> float:
        return measured.cpu if self.of == "cpu" else measured.value.median

    def is_met(self, ratio: float) -> bool:
        return ratio <= self.bound if self.at_most else ratio >= self.bound


@dataclass(frozen=True)
class Scenario:
    """A table of the report. `run` is called once, and measures all candidates."""

    name: str
    title: str
    run: Callable[[Servers, Options], list[Measured]]
    goals: Sequence[Goal] = ()


@dataclass
class Candidate:
    """A server and what is sent to it. Without `cold`, it may have answered it before."""

    name: str
    server: Server
    requests: Requests
    cold: bool = True
    rates: list[float] = field(default_factory=list)
    server_cpu: list[float] = field(default_factory=list)
    database_cpu: list[float] = field(default_factory=list)
    failures: int = 0
    bytes: int = 0
    count: int = 0

    def measure(self, servers: Servers, seconds: float) -> None:
        """Send requests for this long, and keep their rate and their cost."""
        if self.cold:
            self.server.forget_responses()
        meter = CpuMeter(self.server.pids, servers.database_url)
        origin = f"http://127.0.0.1:{self.server.port}"
        result = run_wrk(origin, self.requests, servers.folder, seconds)
        cpu = meter.read()
        self.failures += result.failures
        self.bytes += result.bytes
        self.count += result.requests
        self.rates.append(result.rate)
        self.server_cpu.append(cpu.server * 1000 / max(1, result.requests))
        self.database_cpu.append(cpu.database * 1000 / max(1, result.requests))

    def measured(self) -> Measured:
        note = f"{self.bytes / max(1, self.count) / 1000:.1f} KB a response"
        note += f", {self.failures} failed" if self.failures else ""
        server, database = Spread.of(self.server_cpu), Spread.of(self.database_cpu)
        return Measured(
            self.name, Spread.of(self.rates), "req/s", server.median, database.median, note
        )


def interleave(
    candidates: Sequence[Candidate], servers: Servers, options: Options
) -> list[Measured]:
    """Run each candidate in turn, several times, after one short run to warm it up."""
    for candidate in candidates:
        run_wrk(f"http://127.0.0.1:{candidate.server.port}", candidate.requests, servers.folder, 1)
    for _ in range(options.rounds):
        for candidate in candidates:
            candidate.measure(servers, options.seconds)
    return [candidate.measured() for candidate in candidates]


def latencies(
    client: Client, paths: Sequence[str], forget: Callable[[], None], repetitions: int
) -> tuple[Spread, set[int]]:
    """Return the milliseconds of requests of one client, nothing cached, and their statuses."""
    times, statuses = [], set()
    for number in range(-1, repetitions):
        forget()
        for path in paths:
            milliseconds, status = client.milliseconds(path)
            statuses.add(status)
            if number >= 0:
                times.append(milliseconds)
    return Spread.of(times), statuses
