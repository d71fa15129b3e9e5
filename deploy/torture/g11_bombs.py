"""G11: thirty small files that would grow beyond measure are uploaded.

Goal: each is refused within 50 ms, and the API's processes grow by 10 MB at most.
"""

from concurrent.futures import ThreadPoolExecutor
from statistics import median
from time import monotonic

from core.tests.pictures import noise
from deploy.torture.bombs import bombs
from deploy.torture.harness import Service, memory, running
from deploy.torture.report import Figure, Scale, all_of, at_most

TRIES = 3  # the quickest counts: the others were waiting for the machine
REFUSED = {400, 413, 415}


def run(scale: Scale) -> list[Figure]:
    files = dict(bombs())
    with running() as service:
        with ThreadPoolExecutor(8) as pool:  # what any upload takes is taken now
            list(pool.map(service.create_product, [noise("PNG", (640, 640))] * 80))
        service.wait_until_settled()
        before = peak(service)
        answers = {
            name: [refuse(service, bomb) for _ in range(TRIES)] for name, bomb in files.items()
        }
        slowest = {name: min(seconds for _, seconds in tries) for name, tries in answers.items()}
        for name, tries in answers.items():
            if {status for status, _ in tries} - REFUSED or slowest[name] > 0.05:
                print(f"  {name} ({len(files[name]):,} bytes): {tries}")
        refused = sum({status for status, _ in tries} <= REFUSED for tries in answers.values())
        return [
            all_of("refused", refused, len(files)),
            at_most("slowest refusal", 1000 * max(slowest.values()), 50, "ms"),
            at_most("median refusal", 1000 * median(slowest.values()), 50, "ms"),
            at_most("growth of an API process", peak(service) - before, 10, "MB"),
        ]


def peak(service: Service) -> float:
    """Give the most memory that a process of the API has ever had."""
    return max(map(memory, service.children("web")))


def refuse(service: Service, bomb: bytes) -> tuple[int, float]:
    start = monotonic()
    status = service.create_product(bomb).status
    return status, monotonic() - start
