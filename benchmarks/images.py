"""Scenarios about images: what one costs, and how fast a worker drains many.

libvips and Pillow run on one core each, as they do in a worker that has a process for each core.
"""

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from random import Random
from time import monotonic, perf_counter

from PIL import Image

from benchmarks.measure import Spread
from benchmarks.scenario import Goal, Measured, Options, Scenario
from benchmarks.servers import CatalogService, Servers
from core.images.rendering import render
from tests.support.image_formats.jpeg import with_comment
from tests.support.photographs import photograph
from tests.support.servers.databases import connect, temporary_database
from tests.support.servers.service import running
from tests.support.waiting import wait_until

os.environ.setdefault("VIPS_CONCURRENCY", "1")

TWELVE_MEGAPIXELS = (4000, 3000)
SIZES = {"thumbnail": 300, "medium": 640, "large": 1280}
PROCESSES = 2
FINISHED = "SELECT count(*) FROM products_product WHERE thumbnail_status = 'ready'"


def service_renditions(content: bytes) -> None:
    render(BytesIO(content), SIZES)


def pyvips_renditions(content: bytes) -> None:
    import pyvips

    for size in SIZES.values():
        pyvips.Image.thumbnail_buffer(content, size, height=size).webpsave_buffer(Q=82, effort=2)


def pillow_renditions(content: bytes) -> None:
    """Render as tutorials do: the conversion decodes the whole image first."""
    with Image.open(BytesIO(content)) as source:
        image = source.convert("RGB")
    for size in SIZES.values():
        rendition = image.copy()
        rendition.thumbnail((size, size))
        rendition.save(BytesIO(), "WEBP", quality=82)


def easy_thumbnails_renditions(content: bytes) -> None:
    from easy_thumbnails.processors import colorspace, scale_and_crop
    from easy_thumbnails.source_generators import pil_image

    for size in SIZES.values():
        image = scale_and_crop(colorspace(pil_image(BytesIO(content))), (size, size))
        image.save(BytesIO(), "WEBP", quality=82)


RENDERERS: dict[str, Callable[[bytes], None]] = {
    "this service": service_renditions,
    "pyvips": pyvips_renditions,
    "naive Pillow": pillow_renditions,
    "easy-thumbnails": easy_thumbnails_renditions,
}


def renditions(servers: Servers, options: Options) -> list[Measured]:
    """Measure three renditions of a photograph; ours come with a placeholder."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_test")
    content = photograph(Random(2), TWELVE_MEGAPIXELS, quality=90)
    times: dict[str, list[float]] = {name: [] for name in RENDERERS}
    for number in range(-1, options.rounds):
        for name, renderer in RENDERERS.items():
            start = perf_counter()
            renderer(content)
            if number >= 0:
                times[name].append((perf_counter() - start) * 1000)
    return [Measured(name, Spread.of(values), "ms") for name, values in times.items()]


def drain(servers: Servers, options: Options) -> list[Measured]:
    """Measure a worker with two processes against the bare function in two processes."""
    original = photograph(Random(3), TWELVE_MEGAPIXELS, quality=90)
    number = 24 * options.repetitions
    images = [with_comment(original, str(each).encode()) for each in range(number)]
    rates = {"worker": worker_rate(servers, images), "bare function": function_rate(images)}
    return [Measured(name, Spread.of([rate]), "images/s") for name, rate in rates.items()]


def function_rate(images: list[bytes]) -> float:
    with ProcessPoolExecutor(PROCESSES) as pool:
        list(pool.map(service_renditions, images[: 2 * PROCESSES]))
        start = monotonic()
        list(pool.map(service_renditions, images))
        return len(images) / (monotonic() - start)


def worker_rate(servers: Servers, images: list[bytes]) -> float:
    """Upload all images, start a worker, and return its rate once it has warmed up."""
    folder = servers.folder / "drain"
    folder.mkdir()
    with temporary_database() as url:
        service = CatalogService(url, folder)
        service.manage("migrate", "--verbosity", "0")
        with running(service, "broker", "web"), connect(url) as cursor:
            for image in images:
                service.create_product(image)
            service.start("worker")

            def finished() -> int:
                cursor.execute(FINISHED)
                ((number,),) = cursor.fetchall()
                return int(number)

            first = wait_until(lambda: max(0, finished() - 3), 120) + 3
            start = monotonic()
            wait_until(lambda: finished() == len(images), 600)
            return (len(images) - first) / (monotonic() - start)


SCENARIOS = [
    Scenario(
        "renditions", "A JPEG of 12 megapixels to three renditions, in this process", renditions,
        [
            Goal("time ≤ 1 / 0.9 of pyvips'", "this service", 1 / 0.9, "pyvips", at_most=True),
            Goal("time ≤ 1 / 2.8 of naive Pillow's", "this service", 1 / 2.8, "naive Pillow", True),
            Goal("time ≤ 1 / 5 of easy-thumbnails'", "this service", 0.2, "easy-thumbnails", True),
        ],
    ),
    Scenario(
        "drain", "Uploads of 12 megapixels through Celery, two processes", drain,
        [Goal("≥ 0.9 × the bare function", "worker", 0.9, "bare function")],
    ),
]  # fmt: skip
