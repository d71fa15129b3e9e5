"""Redis is killed and restarted thirty times under load, flushed five times, full, and late.

Nothing is lost, no request fails, the worker consumes again within 8 s of each restart and never
ends.
"""

from random import Random
from time import monotonic, sleep

import pytest
from redis.exceptions import RedisError

from tests.chaos.load import Call, Load, count_failures, created_ids
from tests.chaos.measurements import Scale, expect_at_most, expect_none
from tests.chaos.service import SupervisedService, running_service
from tests.support.photographs import photographs
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

RATES = {"creates": 5, "reads": 5}
DELAY = 20  # seconds


def test_the_worker_consumes_again_after_each_restart(scale: Scale, record):
    random = Random(scale.seed)
    with running_service() as service:
        load = Load(service, scale.seed)
        times, calls = [], []
        for _ in range(scale.of(30)):
            with load.in_background(4, **RATES) as results:
                times.append(restart(service, random))
            calls += results.result()
        for _ in range(scale.of(5)):
            calls += flush(service, load)
        calls += fill(service, load)
        calls += start_late(service, load)
        service.wait_until_finished()
        created, ended = created_ids(calls), " ".join(sorted(service.restarts))
        record(
            expect_none("requests without a 2xx", count_failures(calls), len(calls)),
            expect_none("lost products", service.lost(created), len(created)),
            expect_at_most("worker consumes again after a restart", max(times), 8, "s"),
            expect_none(f"programs that ended {ended}".strip(), service.restarts.total()),
        )


def restart(service: SupervisedService, random: Random) -> float:
    """Kill the broker and start it again; return the seconds until an image is processed."""
    sleep(random.uniform(0.5, 2))
    service.kill("broker")
    product_id = service.create_product(next(photographs(random.randrange(1000)))).json["id"]
    sleep(random.uniform(0.2, 3))
    service.start("broker")
    start = monotonic()
    wait_until(lambda: is_available(service), 10)
    service.publish_tasks(product_id)
    wait_until(lambda: not service.lost([product_id]), 60)
    return monotonic() - start


def is_available(service: SupervisedService) -> bool:
    try:
        return service.broker.ping()
    except RedisError:
        return False


def flush(service: SupervisedService, load: Load) -> list[Call]:
    """Delete every message and key under load."""
    with load.in_background(4, **RATES) as results:
        sleep(2)
        service.broker.flushall()
    return results.result()


def fill(service: SupervisedService, load: Load) -> list[Call]:
    """Make the broker reject writes, as a full one does, while it holds messages."""
    calls = load.run(3)
    service.broker.config_set("maxmemory", 1)
    calls += load.run(10, **RATES)
    service.broker.config_set("maxmemory", 0)
    return calls


def start_late(service: SupervisedService, load: Load) -> list[Call]:
    """Start everything but the broker, and the broker some time later."""
    for name in list(service.processes):
        service.kill(name)
    service.start("web", "worker", "beat")
    wait_until(service.checks, 30)
    calls = load.run(DELAY, **RATES)
    service.start("broker")
    return calls
