"""Decompression bombs are uploaded: thirty small ones, and more than seventy of ten megabytes that
consist of structure only.

Each small one is rejected within 50 ms, and each large one takes an API process at most 50 ms of
CPU more than a text of the same size, which is no image; the API's processes grow by 10 MB at most.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from time import monotonic

import pytest

from tests.chaos.measurements import Scale, expect_all, expect_at_most
from tests.chaos.service import SupervisedService, peak_memory, running_service
from tests.support.image_files.decompression_bombs import large_bombs, small_bombs
from tests.support.image_files.structural_bombs import LIMIT
from tests.support.images import noise

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

TRIES = 3  # of which the quickest counts: the others waited for the machine
REJECTED = {400, 413, 415}
THRESHOLD = 50  # milliseconds
LARGE = (2000, 2000)  # pixels of noise, which have ten megabytes
Clock = Callable[[SupervisedService], float]
Timing = tuple[dict[str, float], dict[str, bool]]


def test_bombs_are_rejected_without_being_decoded(scale: Scale, record):
    with running_service() as service:
        warm_up(service)
        before, text = peak(service), b"text" * (LIMIT // 4)
        small, small_rejected = reject(service, small_bombs(), elapsed, TRIES)
        large, large_rejected = reject(service, large_bombs(), cpu_time, scale.of(TRIES, least=2))
        no_image, _ = reject(service, iter([("text", text)]), cpu_time, TRIES)
        added = {name: time - no_image["text"] for name, time in large.items()}
        rejected = small_rejected | large_rejected
        for name, time in (small | added).items():
            if time > THRESHOLD or not rejected[name]:
                print(f"{name}: {time:.1f} ms, rejected: {rejected[name]}")
        growth, slowest = peak(service) - before, max(small.values())
        record(
            expect_all("rejected", sum(rejected.values()), len(rejected)),
            expect_at_most("slowest rejection of a small one", slowest, THRESHOLD, "ms"),
            expect_at_most(
                "median rejection of a small one", median(small.values()), THRESHOLD, "ms"
            ),
            expect_at_most("most CPU for a large one", max(added.values()), THRESHOLD, "ms"),
            expect_at_most("growth of an API process", growth, 10, "MB"),
        )


def warm_up(service: SupervisedService) -> None:
    """Upload images, so that the processes already have the memory that any upload takes."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(service.create_product, [noise("PNG", (640, 640))] * 80))
        list(pool.map(service.create_product, [noise("PNG", LARGE)] * 16))
    service.wait_until_finished()


def reject(
    service: SupervisedService, bombs: Iterator[tuple[str, bytes]], clock: Clock, number: int
) -> Timing:
    """Upload each bomb a few times; return the least milliseconds, and whether it was rejected."""
    times, rejected = {}, {}
    for name, bomb in bombs:
        tries = []
        for _ in range(number):
            start = clock(service)
            status = service.create_product(bomb).status
            tries.append((clock(service) - start, status))
        times[name] = min(time for time, _ in tries)
        rejected[name] = {status for _, status in tries} <= REJECTED
    return times, rejected


def elapsed(service: SupervisedService) -> float:
    return 1000 * monotonic()


def cpu_time(service: SupervisedService) -> float:
    """Return the milliseconds of CPU that the processes of the API have used."""
    return sum(cpu_milliseconds(pid) for pid in service.children("web"))


def cpu_milliseconds(pid: int) -> float:
    """Return the CPU time of all threads: in nanoseconds, where `stat` counts hundredths."""
    threads = Path("/proc", str(pid), "task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e6


def peak(service: SupervisedService) -> float:
    """Return the most memory that a process of the API has ever had."""
    return max(map(peak_memory, service.children("web")))
