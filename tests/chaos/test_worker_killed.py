"""The worker's children are killed 50 times and the whole worker 20 times, at random moments.

Nothing is lost, no file is incomplete, a new worker finishes its first image within 10 s, and the
image of a killed worker is retried within 65 s.
"""

import os
import signal
from contextlib import suppress
from random import Random
from time import monotonic, sleep

import pytest

from tests.chaos.load import Load, count_failures, created_ids
from tests.chaos.measurements import Scale, expect_at_most, expect_none
from tests.chaos.sampling import WorkSampler
from tests.chaos.service import SupervisedService, running_service
from tests.support.images import is_decodable
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

RATES = {"creates": 6, "reads": 6}


def test_killed_workers_lose_nothing(scale: Scale, record):
    random = Random(scale.seed)
    with running_service() as service, WorkSampler(service) as sampler:
        load = Load(service, scale.seed)
        kills = [kill_child] * scale.of(50) + [kill_worker] * scale.of(20)
        random.shuffle(kills)
        calls, times = [], []
        for kill in kills:
            with load.in_background(2, **RATES) as results:
                times.append(kill(service, random))
            calls += results.result()
        service.wait_until_finished()
        files, incomplete = count_files(service)
        created, failed = created_ids(calls), service.count("thumbnail_status = 'failed'")
        record(
            expect_none("requests without a 2xx", count_failures(calls), len(calls)),
            expect_none("lost products", service.lost(created), len(created)),
            expect_none("incomplete files", incomplete, files),
            expect_at_most("restart to first thumbnail", max(times), 10, "s"),
            expect_at_most("a killed worker's image is retried", sampler.longest_attempt, 65, "s"),
            expect_none("valid images that failed", failed, len(created)),
        )


def kill_child(service: SupervisedService, random: Random) -> float:
    """Kill one of the worker's processes at any moment."""
    sleep(random.uniform(0.3, 1.5))
    children = wait_until(lambda: service.children("worker"))
    with suppress(ProcessLookupError):
        os.kill(random.choice(children), signal.SIGKILL)
    return 0


def kill_worker(service: SupervisedService, random: Random) -> float:
    """Kill a busy worker; return the seconds until the next one has made a thumbnail."""
    wait_until(service.unfinished)
    killed_at = service.rows("SELECT now()")[0][0]
    os.killpg(service.processes["worker"].pid, signal.SIGKILL)
    start = monotonic()
    wait_until(lambda: service.count("thumbnail != '' AND updated_at > %s", killed_at), 60)
    return monotonic() - start


def count_files(service: SupervisedService) -> tuple[int, int]:
    """Return the number of stored files, and of those that are no complete image."""
    files = [
        path
        for folder in ("products", "thumbnails")
        for path in service.media.glob(f"{folder}/*/*")
        if not path.name.startswith(".")
    ]
    return len(files), sum(not is_decodable(path.read_bytes()) for path in files)
