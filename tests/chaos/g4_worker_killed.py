"""G4: the worker's children are killed 50 times and the whole worker 20 times, in random moments.

Goal: nothing is lost, no file is half written, a new worker takes up its first picture within
10 s, and the picture that died with a worker is taken up again within 65 s.
"""

import os
import signal
from contextlib import suppress
from random import Random
from time import monotonic, sleep

from tests.chaos.harness import Service, running
from tests.chaos.load import Load, created, refused
from tests.chaos.report import Figure, Scale, at_most, none_of
from tests.chaos.watch import Watch
from tests.support.images import is_decodable
from tests.support.waiting import wait_until

RATES = {"creates": 6, "reads": 6}
READY_SINCE = "SELECT count(*) FROM products_product WHERE thumbnail != '' AND updated_at > %s"


def run(scale: Scale) -> list[Figure]:
    random = Random(scale.seed)
    with running() as service, Watch(service) as watch:
        load = Load(service, scale.seed)
        kills = ["child"] * scale.of(50) + ["worker"] * scale.of(20)
        random.shuffle(kills)
        calls, took = [], []
        for kill in kills:
            with load.beside(2, **RATES) as answered:
                took.append(kill_child(service, random) if kill == "child" else kill_all(service))
            calls += answered.result()
        service.wait_until_settled()
        checked, broken = broken_files(service)
        return [
            none_of("requests without a 2xx", refused(calls), len(calls)),
            none_of("lost", service.lost(created(calls)), len(created(calls))),
            none_of("half-written files", broken, checked),
            at_most("restart to first picture", max(took), 10, "s"),
            at_most("a dead worker's picture is taken up again", watch.longest, 65, "s"),
            none_of("good pictures given up", given_up(service), len(created(calls))),
        ]


def kill_child(service: Service, random: Random) -> float:
    """Kill one of the processes that do the work, at any moment."""
    sleep(random.uniform(0.3, 1.5))
    children = wait_until(lambda: service.children("worker"))
    with suppress(ProcessLookupError):
        os.kill(random.choice(children), signal.SIGKILL)
    return 0


def kill_all(service: Service) -> float:
    """Kill a worker that has something in hand; give the seconds until the next one is done."""
    wait_until(service.unsettled)
    killed_at = service.rows("SELECT now()")[0][0]
    os.killpg(service.processes["worker"].pid, signal.SIGKILL)
    start = monotonic()
    wait_until(lambda: service.rows(READY_SINCE, killed_at)[0][0], 60)
    return monotonic() - start


def broken_files(service: Service) -> tuple[int, int]:
    """Count the files that have a name, and those that are no whole picture."""
    files = [
        path
        for folder in ("products", "thumbnails")
        for path in service.media.glob(f"{folder}/*/*")
        if not path.name.startswith(".")
    ]
    return len(files), sum(not is_decodable(path.read_bytes()) for path in files)


def given_up(service: Service) -> int:
    query = "SELECT count(*) FROM products_product WHERE thumbnail_status = 'failed'"
    return service.rows(query)[0][0]
