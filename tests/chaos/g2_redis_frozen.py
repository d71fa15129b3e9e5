"""G2: Redis is frozen for 30 s, five times: connections stay open, and nobody answers.

Goal: as for a killed one; and of each process only one request in five seconds waits for it,
for 1.1 s at most.
"""

import signal
from datetime import datetime, timedelta

from tests.chaos.g1_redis_killed import outages
from tests.chaos.harness import Service, running
from tests.chaos.load import created, p99, refused
from tests.chaos.report import Figure, Scale, at_most, none_of

PROCESSES = 2  # of Gunicorn
PAUSE = timedelta(seconds=5)  # between two tries


def run(scale: Scale) -> list[Figure]:
    with running() as service:
        calm, calls, drained = outages(
            service,
            scale,
            away=lambda: service.signal("broker", signal.SIGSTOP),
            back=lambda: service.signal("broker", signal.SIGCONT),
        )
        creates = [call for call in calls if call.method == "POST"]
        return [
            none_of("requests without a 2xx", refused(calls), len(calls)),
            at_most("p99 of all requests, added", p99(calls) - p99(calm), 150, "ms"),
            at_most("slowest create", max(call.seconds for call in creates), 1.1, "s"),
            at_most("requests that waited, in any 5 s", most_waited(service), PROCESSES),
            none_of("lost", service.lost(created(calm + calls)), len(created(calm + calls))),
            at_most("backlog gone after Redis' return", drained, 30, "s"),
        ]


def most_waited(service: Service) -> int:
    """Count the requests that waited for the broker in vain, in the worst five seconds."""
    lines = (service.folder / "web.log").read_text().splitlines()
    times = [datetime.fromisoformat(line[:23]) for line in lines if "broker is unavailable" in line]
    return max((sum(start <= at < start + PAUSE for at in times) for start in times), default=0)
