"""G1: Redis is killed for 30 s, five times, while clients create products.

Goal: every create is answered with 201, hardly later than on a calm day; nothing is lost,
and the backlog is worked off within 30 s of Redis' return.
"""

from collections.abc import Callable
from time import sleep

from tests.chaos.harness import Service, running
from tests.chaos.load import Call, Load, created, p99, refused
from tests.chaos.report import Figure, Scale, at_most, none_of

CALM = 10  # seconds
OUTAGE = 30


def run(scale: Scale) -> list[Figure]:
    with running() as service:
        calm, calls, drained = outages(
            service,
            scale,
            away=lambda: service.kill("broker"),
            back=lambda: service.start("broker"),
        )
        return [
            none_of("requests without a 2xx", refused(calls), len(calls)),
            at_most("p99 of all requests, added", p99(calls) - p99(calm), 150, "ms"),
            none_of("lost", service.lost(created(calm + calls)), len(created(calm + calls))),
            at_most("backlog gone after Redis' return", drained, 30, "s"),
        ]


def outages(
    service: Service, scale: Scale, away: Callable[[], None], back: Callable[[], None]
) -> tuple[list[Call], list[Call], float]:
    """Take the broker away under load, and bring it back when the last call is answered.

    Gives the calls of a calm time before, those of all outages, and the longest time
    until nothing waited any more.
    """
    load = Load(service, scale.seed)
    calm = load.run(CALM)
    service.wait_until_settled()
    calls, drained = [], []
    for _ in range(scale.of(5)):
        with load.beside(OUTAGE * min(1, 5 * scale.part)) as answered:
            sleep(1)
            away()
        back()
        drained.append(service.wait_until_settled())
        calls += answered.result()
    return calm, calls, max(drained)
