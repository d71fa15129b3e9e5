"""G3: Redis is killed and restarted thirty times under load, emptied five times, full, and late.

Goal: nothing is lost, no request fails, the worker consumes again within 8 s of each restart
and never ends.
"""

from random import Random
from time import monotonic, sleep

from redis.exceptions import RedisError

from tests.chaos.harness import Service, running
from tests.chaos.load import Call, Load, created, refused
from tests.chaos.report import Figure, Scale, at_most, none_of
from tests.support.photographs import photographs
from tests.support.waiting import wait_until

RATES = {"creates": 5, "reads": 5}
LATE = 20  # seconds


def run(scale: Scale) -> list[Figure]:
    random = Random(scale.seed)
    with running() as service:
        load = Load(service, scale.seed)
        took, calls = [], []
        for _ in range(scale.of(30)):
            with load.beside(4, **RATES) as answered:
                took.append(restart(service, random))
            calls += answered.result()
        for _ in range(scale.of(5)):
            calls += flush(service, load)
        calls += fill(service, load)
        calls += start_late(service, load)
        service.wait_until_settled()
        return [
            none_of("requests without a 2xx", refused(calls), len(calls)),
            none_of("lost", service.lost(created(calls)), len(created(calls))),
            at_most("consumes again after a restart", max(took), 8, "s"),
            none_of(f"programs that ended {sorted(service.restarts)}", service.restarts.total()),
        ]


def restart(service: Service, random: Random) -> float:
    """Kill the broker and start it again; give the seconds until a picture is taken up."""
    sleep(random.uniform(0.5, 2))
    service.kill("broker")
    product_id = service.create_product(next(photographs(random.randrange(1000)))).json["id"]
    sleep(random.uniform(0.2, 3))
    service.start("broker")
    start = monotonic()
    wait_until(lambda: answers(service), 10)
    service.ask_worker(product_id)
    wait_until(lambda: not service.lost([product_id]), 60)
    return monotonic() - start


def answers(service: Service) -> bool:
    try:
        return service.broker.ping()
    except RedisError:
        return False


def flush(service: Service, load: Load) -> list[Call]:
    """Empty the broker under load: every message and key is gone."""
    with load.beside(4, **RATES) as answered:
        sleep(2)
        service.broker.flushall()
    return answered.result()


def fill(service: Service, load: Load) -> list[Call]:
    """Let the broker refuse what takes memory, as a full one does, while messages wait in it."""
    calls = load.run(3)
    service.broker.config_set("maxmemory", 1)
    calls += load.run(10, **RATES)
    service.broker.config_set("maxmemory", 0)
    return calls


def start_late(service: Service, load: Load) -> list[Call]:
    """Start everything but the broker, and the broker a good while later."""
    for name in list(service.processes):
        service.kill(name)
    service.start("web", "worker", "beat")
    wait_until(service.checks, 30)
    calls = load.run(LATE, **RATES)
    service.start("broker")
    return calls
