"""A thousand files of Pillow's own tests and two thousand mutants of them are uploaded.

No response is 5xx, no worker dies or takes more than 400 MB, no image is processed for more than
10 s, and each accepted one ends as ready, or as failed for a reason that lies in the file.
"""

import re
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from random import Random

import pytest

from tests.chaos.measurements import Scale, expect_all, expect_at_most, expect_none, information
from tests.chaos.sampling import WorkSampler
from tests.chaos.service import SupervisedService, running_service
from tests.support.image_files.pillow_corpus import (
    download_pillow_images,
    generate_images,
    mutate_images,
)

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

ORIGINALS, MUTANTS = 1060, 2000
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


def test_files_of_any_sort_harm_nobody(scale: Scale, record):
    source, files = corpus(scale)
    with running_service() as service, WorkSampler(service) as sampler:
        with ThreadPoolExecutor(4) as pool:
            statuses = Counter(pool.map(lambda content: upload(service, content), files))
        service.wait_until_finished(600)
        accepted = statuses[201]
        record(
            information(f"files ({source})", f"{len(files):,}"),
            expect_none("responses of 5xx, or none", count_failures(statuses), len(files)),
            information("accepted, rejected", f"{accepted:,}, {len(files) - accepted:,}"),
            expect_none("workers' processes that died", count_deaths(service)),
            expect_at_most("most memory of a worker's process", sampler.peak_memory, 400, "MB"),
            expect_at_most("longest processing", sampler.longest_attempt, 10, "s"),
            expect_all(
                "ready, or failed for a reason in the file", count_explained(service), accepted
            ),
        )


def corpus(scale: Scale) -> tuple[str, list[bytes]]:
    """Return where the files are from, and the files."""
    random = Random(scale.seed)
    downloaded = download_pillow_images()
    originals = downloaded or generate_images(random, ORIGINALS)
    random.shuffle(originals)
    mutants = mutate_images(random, originals, scale.of(MUTANTS))
    source = "Pillow's and mutants" if downloaded else "generated and mutants: no Pillow's"
    return source, originals[: scale.of(ORIGINALS)] + mutants


def upload(service: SupervisedService, content: bytes) -> int:
    try:
        return service.create_product(content).status
    except (OSError, HTTPException):
        return 0


def count_failures(statuses: Counter[int]) -> int:
    return sum(number for status, number in statuses.items() if status not in {201, 400, 413, 415})


def count_deaths(service: SupervisedService) -> int:
    log = service.log_path("worker").read_text(errors="replace")
    return len(DEATH.findall(log)) + service.restarts.total()


def count_explained(service: SupervisedService) -> int:
    rows: Sequence[tuple[str, str | None, int]] = service.rows(OUTCOMES)
    return sum(number for status, reason, number in rows if status == "ready" or reason in REASONS)
