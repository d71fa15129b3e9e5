"""Redis is killed for 30 s, five times, while clients create products.

Every create gets 201, hardly later than in a calm time; nothing is lost, and the backlog is
processed within 30 s of Redis' return.
"""

import pytest

from tests.chaos.load import count_failures, run_outages
from tests.chaos.measurements import Scale, expect_at_most, expect_none
from tests.chaos.service import running_service

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]


def test_nothing_is_lost_while_redis_is_killed(scale: Scale, record):
    with running_service() as service:
        outages = run_outages(
            service,
            scale,
            interrupt=lambda: service.kill("broker"),
            resume=lambda: service.start("broker"),
        )
        calls, created = outages.calls, outages.created
        record(
            expect_none("requests without a 2xx", count_failures(calls), len(calls)),
            expect_at_most("p99 of all requests, added", outages.added_p99, 150, "ms"),
            expect_none("lost products", service.lost(created), len(created)),
            expect_at_most("backlog processed after Redis' return", outages.recovery, 30, "s"),
        )
