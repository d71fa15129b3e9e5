"""Redis is frozen for 30 s, five times: connections stay open, and it does not respond.

As when it is killed; and of each process only one request in five seconds waits for it, for 1.1 s
at most.
"""

import signal
from datetime import datetime, timedelta

import pytest

from tests.chaos.load import count_failures, run_outages
from tests.chaos.measurements import Scale, expect_at_most, expect_none
from tests.chaos.service import SupervisedService, running_service

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

PROCESSES = 2  # of Gunicorn
RESET_TIMEOUT = timedelta(seconds=5)  # of the circuit breaker


def test_hardly_a_request_waits_while_redis_is_frozen(scale: Scale, record):
    with running_service() as service:
        outages = run_outages(
            service,
            scale,
            interrupt=lambda: service.signal("broker", signal.SIGSTOP),
            resume=lambda: service.signal("broker", signal.SIGCONT),
        )
        calls, created = outages.calls, outages.created
        slowest = max(call.seconds for call in calls if call.method == "POST")
        record(
            expect_none("requests without a 2xx", count_failures(calls), len(calls)),
            expect_at_most("p99 of all requests, added", outages.added_p99, 150, "ms"),
            expect_at_most("slowest create", slowest, 1.1, "s"),
            expect_at_most("requests that waited, in any 5 s", most_waiting(service), PROCESSES),
            expect_none("lost products", service.lost(created), len(created)),
            expect_at_most("backlog processed after Redis' return", outages.recovery, 30, "s"),
        )


def most_waiting(service: SupervisedService) -> int:
    """Return the number of requests that waited for the broker, in the worst five seconds."""
    lines = service.log_path("web").read_text().splitlines()
    times = [datetime.fromisoformat(line[:23]) for line in lines if "broker is unavailable" in line]
    return max(
        (sum(start <= at < start + RESET_TIMEOUT for at in times) for start in times), default=0
    )
