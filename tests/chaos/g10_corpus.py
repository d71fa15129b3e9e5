"""G10: a thousand files from Pillow's own tests and two thousand mutants of them are uploaded.

Goal: no 5xx, no worker dies or takes more than 400 MB, no picture is in work for more than 10 s,
and each that was taken ends as ready, or as failed for a reason that lies in the file.
"""

import re
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from random import Random

from tests.chaos.harness import Service, running
from tests.chaos.report import Figure, Scale, all_of, at_most, none_of
from tests.chaos.watch import Watch
from tests.support.image_files.pillow_corpus import (
    download_pillow_images,
    generate_images,
    mutate_images,
)

FOUND, MUTANTS = 1060, 2000
REASONS = {
    "broken-image",
    "too-large-to-decode",
    "too-many-pixels",
    "unreadable-image",
    "unsupported-media-type",
}
DEATH = re.compile(r"\b(?:WorkerLostError|TimeLimitExceeded)\(")  # and not SoftTimeLimitExceeded
OUTCOMES = """
    SELECT thumbnail_status, thumbnail_error->>'code', count(*) FROM products_product GROUP BY 1, 2
"""


def run(scale: Scale) -> list[Figure]:
    random = Random(scale.seed)
    corpus = download_pillow_images()
    originals = corpus or generate_images(random, FOUND)
    random.shuffle(originals)
    mutated = mutate_images(random, originals, scale.of(MUTANTS))
    files = originals[: scale.of(FOUND)] + mutated
    source = "Pillow's and mutants" if corpus else "drawn and mutants: Pillow's were not to be had"
    with running() as service, Watch(service) as watch:
        with ThreadPoolExecutor(4) as pool:
            answers = Counter(pool.map(lambda content: upload(service, content), files))
        service.wait_until_settled(600)
        return [
            Figure(f"files ({source})", f"{len(files):,}", "-", True),
            none_of("answers of 5xx, or none", failures(answers), len(files)),
            Figure("taken, refused", f"{answers[201]:,}, {len(files) - answers[201]:,}", "-", True),
            none_of("workers' processes that died", deaths(service)),
            at_most("most memory of a worker's process", watch.peak_memory, 400, "MB"),
            at_most("longest in work", watch.longest, 10, "s"),
            outcomes(service, answers[201]),
        ]


def upload(service: Service, content: bytes) -> int:
    try:
        return service.create_product(content).status
    except (OSError, HTTPException):
        return 0


def failures(answers: Counter[int]) -> int:
    return sum(number for status, number in answers.items() if status not in {201, 400, 413, 415})


def deaths(service: Service) -> int:
    log = (service.folder / "worker.log").read_text(errors="replace")
    return len(DEATH.findall(log)) + service.restarts.total()


def outcomes(service: Service, taken: int) -> Figure:
    rows: Sequence[tuple[str, str | None, int]] = service.rows(OUTCOMES)
    settled = sum(
        number for status, reason, number in rows if status == "ready" or reason in REASONS
    )
    return all_of("ended as ready, or failed for a reason in the file", settled, taken)
