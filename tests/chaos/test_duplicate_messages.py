"""Every message is delivered 3 to 5 times, by two beats to two workers, during 200 re-uploads.

Each image has exactly one set of renditions, none is that of an older image, and after the
collection the disk holds the files that rows reference, no others.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePath
from random import Random
from threading import Thread

import pytest

from tests.chaos.measurements import Measurement, Scale, expect_all, expect_none
from tests.chaos.service import SupervisedService, running_service
from tests.support.photographs import photographs

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

ROWS = "SELECT image, thumbnail, renditions, thumbnail_attempts FROM products_product"
CLIENTS = 4


class DuplicatedService(SupervisedService):
    duplicated = ("worker", "beat")


def test_duplicate_messages_leave_one_set_of_renditions(scale: Scale, record):
    random = Random(scale.seed)
    images = photographs(scale.seed)
    with running_service(DuplicatedService) as service:
        with ThreadPoolExecutor(CLIENTS) as pool:
            created = pool.map(service.create_product, [next(images) for _ in range(scale.of(500))])
        ids = [response.json["id"] for response in created]
        publisher = Thread(target=repeat_messages, args=(service, random, ids))
        publisher.start()
        chosen = [random.choice(ids) for _ in range(scale.of(200))]
        with ThreadPoolExecutor(CLIENTS) as pool:
            statuses = list(pool.map(lambda key: upload(service, key, next(images)), chosen))
        publisher.join()
        repeat_messages(service, random, ids)
        service.wait_until_finished()
        record(
            expect_all("re-uploads with 200", statuses.count(200), len(statuses)),
            *measure_files(service),
        )


def repeat_messages(service: SupervisedService, random: Random, ids: list[str]) -> None:
    """Publish each message two to four times more, in random order."""
    copies = [key for key in ids for _ in range(random.randint(2, 4))]
    random.shuffle(copies)
    service.publish_tasks(*copies)


def upload(service: SupervisedService, product_id: str, image: bytes) -> int:
    path = f"/api/products/{product_id}/image/"
    return service.request("PUT", path, image, Content_Type="image/jpeg").status


def measure_files(service: SupervisedService) -> list[Measurement]:
    rows = service.rows(ROWS)
    service.manage("collect_media", "--grace-hours", "0")
    referenced = {
        name
        for image, thumbnail, others, _ in rows
        for name in (image, thumbnail, *others.values())
    }
    stored = {
        str(path.relative_to(service.media))
        for folder in ("products", "thumbnails")
        for path in service.media.glob(f"{folder}/*/*")
    }
    complete = sum(bool(thumbnail) and len(others) == 2 for _, thumbnail, others, _ in rows)
    outdated = sum(not are_of_image(*row) for row in rows)
    return [
        expect_all("products with one set of renditions", complete, len(rows)),
        expect_none("renditions of an older image", outdated),
        expect_none("images attempted more than once", sum(row[3] > 1 for row in rows), len(rows)),
        expect_none("orphans after the collection", len(stored - referenced), len(stored)),
        expect_none("missing files", len(referenced - stored), len(referenced)),
    ]


def are_of_image(image: str, thumbnail: str, renditions: dict[str, str], attempts: int) -> bool:
    """Return whether all names begin with the digest of the image."""
    digest = PurePath(image).stem
    return all(PurePath(name).name.startswith(digest) for name in (thumbnail, *renditions.values()))
