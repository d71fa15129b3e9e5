"""G6: every message is delivered 3 to 5 times, by two beats to two workers, amid 200 re-uploads.

Goal: each picture has exactly one set of renditions, none is that of an older picture,
and after the collection the disk holds what the rows name, no file more and none less.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePath
from random import Random
from threading import Thread

from tests.chaos.harness import Service, running
from tests.chaos.report import Figure, Scale, all_of, none_of
from tests.support.photographs import photographs

ROWS = "SELECT image, thumbnail, renditions, thumbnail_attempts FROM products_product"
CLIENTS = 4


class Twice(Service):
    extras = ("worker", "beat")


def run(scale: Scale) -> list[Figure]:
    random = Random(scale.seed)
    pictures = photographs(scale.seed)
    with running(Twice) as service:
        with ThreadPoolExecutor(CLIENTS) as pool:
            answers = pool.map(
                service.create_product, [next(pictures) for _ in range(scale.of(500))]
            )
        ids = [answer.json["id"] for answer in answers]
        noise = Thread(target=repeat_messages, args=(service, random, ids))
        noise.start()
        chosen = [random.choice(ids) for _ in range(scale.of(200))]
        with ThreadPoolExecutor(CLIENTS) as pool:
            uploads = list(pool.map(lambda key: upload(service, key, next(pictures)), chosen))
        noise.join()
        repeat_messages(service, random, ids)
        service.wait_until_settled()
        return [
            all_of("re-uploads answered with 200", uploads.count(200), len(uploads)),
            *figures(service),
        ]


def repeat_messages(service: Service, random: Random, ids: list[str]) -> None:
    """Publish each message two to four times more, in any order."""
    copies = [key for key in ids for _ in range(random.randint(2, 4))]
    random.shuffle(copies)
    service.ask_worker(*copies)


def upload(service: Service, product_id: str, picture: bytes) -> int:
    path = f"/api/products/{product_id}/image/"
    return service.request("PUT", path, picture, Content_Type="image/jpeg").status


def figures(service: Service) -> list[Figure]:
    rows = service.rows(ROWS)
    service.manage("collect_media", "--grace-hours", "0")
    named = {
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
    return [
        all_of("products with one set of renditions", complete, len(rows)),
        none_of("renditions of an older picture", sum(not same_picture(*row) for row in rows)),
        none_of("pictures started more than once", sum(row[3] > 1 for row in rows), len(rows)),
        none_of("orphans after the collection", len(stored - named), len(stored)),
        none_of("missing files", len(named - stored), len(named)),
    ]


def same_picture(image: str, thumbnail: str, renditions: dict[str, str], attempts: int) -> bool:
    """Tell whether all names carry one digest, that of the picture."""
    digest = PurePath(image).stem
    return all(PurePath(name).name.startswith(digest) for name in (thumbnail, *renditions.values()))
