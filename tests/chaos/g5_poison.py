"""G5: 20 poisonous pictures among 500 good ones: they kill, hold up or eat up their worker.

Goal: none of them is started more than three times, each ends as failed, every good one is
ready, and the good ones come at 90 % of the pace at least that they have among themselves.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from random import Random
from time import monotonic, sleep

from tests.chaos.harness import Service, running
from tests.chaos.poisoned import POISONS
from tests.chaos.report import Figure, Scale, all_of, at_least, at_most
from tests.support.image_formats.jpeg import with_comment
from tests.support.photographs import photograph, photographs
from tests.support.waiting import wait_until

PACE = 3  # good ones uploaded a second: what two processes do with time to spare
READY = "SELECT count(*) FROM products_product WHERE thumbnail_status = 'ready'"
FAILED = "SELECT count(*) FROM products_product WHERE thumbnail_status = 'failed'"


class Poisoned(Service):
    worker_app = "tests.chaos.poisoned"


def run(scale: Scale) -> list[Figure]:
    random = Random(scale.seed)
    good, poison = scale.of(500, least=100), scale.of(20, least=len(POISONS))
    healthy = list(islice(photographs(scale.seed), good))
    with running(Poisoned) as service:
        service.environment["POISON_STARTS"] = str(service.folder / "starts")
        service.kill("worker")
        service.start("worker")
        alone = pace(service, healthy, good)
        mixed = healthy + [poisonous(random, number) for number in range(poison)]
        random.shuffle(mixed)
        among_poison = pace(service, mixed, 2 * good)
        service.wait_until_settled()
        starts = Counter((service.folder / "starts").read_text().split())
        return [
            at_most("most starts of one poisonous picture", max(starts.values()), 3),
            all_of("poisonous pictures failed", service.rows(FAILED)[0][0], poison),
            all_of("good pictures ready", service.rows(READY)[0][0], 2 * good),
            at_least("pace of the good ones", 100 * among_poison / alone, 90, "%"),
        ]


def poisonous(random: Random, number: int) -> bytes:
    kind = list(POISONS)[number % len(POISONS)]
    return with_comment(photograph(random), kind + f"-{number}".encode())


def pace(service: Service, pictures: Sequence[bytes], until_ready: int) -> float:
    """Upload in the same time whatever is among them, and give how many were ready a second."""
    before = service.rows(READY)[0][0]
    start = monotonic()
    for number, picture in enumerate(pictures):
        due = number / len(pictures) * (until_ready - before) / PACE
        sleep(max(0, start + due - monotonic()))
        service.create_product(picture)
    wait_until(lambda: service.rows(READY)[0][0] >= until_ready, 300)
    return (until_ready - before) / (monotonic() - start)
