"""20 images among 500 valid ones kill the worker, hang it, or exhaust its memory.

None of them is attempted more than three times, each ends as failed, every valid one is ready, and
the valid ones are processed at 90 % or more of the rate that they have by themselves.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from random import Random
from time import monotonic, sleep

import pytest

from tests.chaos.faults import FAULTS
from tests.chaos.measurements import Scale, expect_all, expect_at_least, expect_at_most
from tests.chaos.service import SupervisedService, running_service
from tests.support.image_formats.jpeg import with_comment
from tests.support.photographs import photograph, photographs
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

RATE = 3  # valid uploads per second, which two processes handle with time to spare
READY = "thumbnail_status = 'ready'"


class FaultyService(SupervisedService):
    worker_app = "tests.chaos.faulty_worker"


def test_poisonous_images_fail_and_hold_up_no_others(scale: Scale, record):
    random = Random(scale.seed)
    number, poisonous = scale.of(500, least=100), scale.of(20, least=len(FAULTS))
    valid = list(islice(photographs(scale.seed), number))
    with running_service(FaultyService) as service:
        fault_log = service.folder / "faults"
        service.environment["FAULT_LOG"] = str(fault_log)
        service.kill("worker")
        service.start("worker")
        alone = processing_rate(service, valid, number)
        mixed = valid + [poisonous_image(random, index) for index in range(poisonous)]
        random.shuffle(mixed)
        among_poisonous = processing_rate(service, mixed, 2 * number)
        service.wait_until_finished()
        attempts = Counter(fault_log.read_text().split())
        failed = service.count("thumbnail_status = 'failed'")
        record(
            expect_at_most("most attempts at one poisonous image", max(attempts.values()), 3),
            expect_all("poisonous images failed", failed, poisonous),
            expect_all("valid images ready", service.count(READY), 2 * number),
            expect_at_least("rate of the valid ones", 100 * among_poisonous / alone, 90, "%"),
        )


def poisonous_image(random: Random, number: int) -> bytes:
    fault = list(FAULTS)[number % len(FAULTS)]
    return with_comment(photograph(random), fault + f"-{number}".encode())


def processing_rate(service: SupervisedService, images: Sequence[bytes], until_ready: int) -> float:
    """Upload all images at the rate of the valid ones; return how many are ready per second."""
    before = service.count(READY)
    start = monotonic()
    for number, image in enumerate(images):
        due = number / len(images) * (until_ready - before) / RATE
        sleep(max(0, start + due - monotonic()))
        service.create_product(image)
    wait_until(lambda: service.count(READY) >= until_ready, 300)
    return (until_ready - before) / (monotonic() - start)
