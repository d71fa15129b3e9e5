"""G11: files that would grow beyond measure are uploaded: thirty small ones, and more than seventy
of ten megabytes that are nothing but structure, one for each format and kind.

Goal: each small one is rejected within 50 ms, and each large one takes an API process at most 50 ms
of CPU more than a text of the same size, which is no image; the API's processes grow by 10 MB at
most.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from time import monotonic

from tests.chaos.harness import Service, memory, running
from tests.chaos.report import Figure, Scale, all_of, at_most
from tests.support.image_files.decompression_bombs import large_bombs, small_bombs
from tests.support.image_files.structural_bombs import LIMIT
from tests.support.images import noise

TRIES = 3  # the quickest counts: the others were waiting for the machine
REJECTED = {400, 413, 415}
GOAL = 50  # milliseconds
Clock = Callable[[Service], float]
LARGE = (2000, 2000)  # pixels of noise, which have ten megabytes
Timing = tuple[dict[str, float], dict[str, bool]]


def run(scale: Scale) -> list[Figure]:
    with running() as service:
        with ThreadPoolExecutor(8) as pool:  # what any upload takes is taken now
            list(pool.map(service.create_product, [noise("PNG", (640, 640))] * 80))
            list(pool.map(service.create_product, [noise("PNG", LARGE)] * 16))
        service.wait_until_settled()
        before, text = peak(service), b"text" * (LIMIT // 4)
        small, small_tries = reject(service, small_bombs(), elapsed, TRIES)
        large, large_tries = reject(service, large_bombs(), cpu_time, scale.of(TRIES, least=2))
        no_image, _ = reject(service, iter([("text", text)]), cpu_time, TRIES)
        added = {name: time - no_image["text"] for name, time in large.items()}
        tries = small_tries | large_tries
        for name, time in (small | added).items():
            if time > GOAL or not tries[name]:
                print(f"  {name}: {time:.1f} ms, rejected: {tries[name]}")
        return [
            all_of("rejected", sum(tries.values()), len(tries)),
            at_most("slowest rejection of a small one", max(small.values()), GOAL, "ms"),
            at_most("median rejection of a small one", median(small.values()), GOAL, "ms"),
            at_most("most CPU for a large one", max(added.values()), GOAL, "ms"),
            at_most("growth of an API process", peak(service) - before, 10, "MB"),
        ]


def reject(
    service: Service, bombs: Iterator[tuple[str, bytes]], clock: Clock, number: int
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


def elapsed(service: Service) -> float:
    return 1000 * monotonic()


def cpu_time(service: Service) -> float:
    """Return the milliseconds that the processes of the API have computed."""
    return sum(milliseconds(pid) for pid in service.children("web"))


def milliseconds(pid: int) -> float:
    """Return the time on a CPU of all threads: in nanoseconds, where `stat` counts hundredths."""
    threads = Path("/proc", str(pid), "task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e6


def peak(service: Service) -> float:
    """Return the most memory that a process of the API has ever had."""
    return max(map(memory, service.children("web")))
