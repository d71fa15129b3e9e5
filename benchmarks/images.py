"""Scenarios about images: what one costs, and how fast a worker drains many.

libvips and Pillow run on one core each, as they do in a worker that has a process for each core.
"""

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from random import Random
from statistics import median
from time import monotonic, perf_counter, sleep
from typing import Any

from PIL import Image

from benchmarks.measure import Spread, proportional_memory
from benchmarks.scenario import Goal, Measured, Options, Scenario
from benchmarks.servers import CatalogService, Servers
from core.images.rendering import render
from tests.support.image_formats.jpeg import with_comment
from tests.support.images import encode
from tests.support.servers.databases import connect, temporary_database
from tests.support.servers.service import running
from tests.support.waiting import wait_until

os.environ.setdefault("VIPS_CONCURRENCY", "1")

TWELVE_MEGAPIXELS = (4000, 3000)
SIZES = {"thumbnail": 300, "medium": 640, "large": 1280}
PROCESSES = 2
SINGLE_IMAGES = 9
POLL = 0.005  # seconds
FINISHED = "SELECT count(*) FROM products_product WHERE thumbnail_status = 'ready'"


def photo() -> bytes:
    """Return a JPEG of 12 megapixels with as much detail at each scale as a photograph has."""
    random, image = Random(2), Image.new("RGB", TWELVE_MEGAPIXELS, "gray")
    for scale, weight in ((800, 1.0), (200, 0.4), (50, 0.2), (12, 0.1), (3, 0.05)):
        width, height = (side // scale for side in TWELVE_MEGAPIXELS)
        octave = Image.frombytes("RGB", (width, height), random.randbytes(3 * width * height))
        octave = octave.resize(TWELVE_MEGAPIXELS, Image.Resampling.BICUBIC)
        image = Image.blend(image, octave, weight)
    return encode(image, "JPEG", quality=90)


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
    content = photo()
    times: dict[str, list[float]] = {name: [] for name in RENDERERS}
    for number in range(-1, options.rounds):
        for name, renderer in RENDERERS.items():
            duration = milliseconds(renderer, content)
            if number >= 0:
                times[name].append(duration)
    return [Measured(name, Spread.of(values), "ms") for name, values in times.items()]


def drain(servers: Servers, options: Options) -> list[Measured]:
    """Measure a worker with two processes against the bare function in two processes."""
    original, number = photo(), 40 * options.rounds
    images = [with_comment(original, str(each).encode()) for each in range(number)]
    drained, bare = drain_by_worker(servers, images), function_rate(images)
    return [
        Measured("worker", Spread.of([drained.rate]), "images/s"),
        Measured("bare function", Spread.of([bare]), "images/s"),
        Measured("largest child", Spread.of([drained.memory]), "MiB", note="PSS, at the end"),
        Measured("upload to ready", Spread.of(drained.waits), "ms", note="one image at a time"),
        Measured("bare function, alone", Spread.of(drained.alone), "ms"),
        Measured("waited for the worker", Spread.of(drained.added), "ms"),
    ]


def function_rate(images: list[bytes]) -> float:
    with ProcessPoolExecutor(PROCESSES) as pool:
        list(pool.map(service_renditions, images[: 2 * PROCESSES]))
        start = monotonic()
        list(pool.map(service_renditions, images))
        return len(images) / (monotonic() - start)


@dataclass(frozen=True)
class Drained:
    """What a worker achieved: its rate, its memory, and how long single images waited."""

    rate: float  # images a second
    memory: float  # MiB, of its largest child
    waits: list[float]  # milliseconds from the response to the upload until the image is ready
    alone: list[float]  # milliseconds of the bare function

    @property
    def added(self) -> list[float]:
        return [wait - median(self.alone) for wait in self.waits]


def drain_by_worker(servers: Servers, images: list[bytes]) -> Drained:
    """Upload all images, start a worker, and measure it once it has warmed up."""
    folder = servers.folder / "drain"
    folder.mkdir()
    with temporary_database() as url:
        service = CatalogService(url, folder)
        service.manage("migrate", "--verbosity", "0")
        with running(service, "broker", "web"), connect(url) as cursor:
            for image in images:
                service.create_product(image)

            def finished() -> int:
                cursor.execute(FINISHED)
                ((number,),) = cursor.fetchall()
                return int(number)

            service.start("worker")
            first = wait_until(lambda: max(0, finished() - 3), 120) + 3
            start = monotonic()
            wait_until(lambda: finished() == len(images), 600)
            rate = (len(images) - first) / (monotonic() - start)
            children = service.pids("worker")[1:]
            memory = max(proportional_memory([child]) for child in children)
            alone, waits = [], []
            for image in images[:SINGLE_IMAGES]:
                alone.append(milliseconds(service_renditions, image))
                number = finished() + 1
                service.create_product(with_comment(image, b"again"))
                waits.append(milliseconds(wait_for, finished, number))
            return Drained(rate, memory, waits, alone)


def milliseconds(work: Callable[..., object], *arguments: Any) -> float:
    start = perf_counter()
    work(*arguments)
    return (perf_counter() - start) * 1000


def wait_for(count: Callable[[], int], number: int) -> None:
    """Wait in short steps: the time until then is what is measured."""
    deadline = monotonic() + 60
    while count() < number and monotonic() < deadline:
        sleep(POLL)


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
        [
            Goal("≥ 0.9 × the bare function", "worker", 0.9, "bare function"),
            Goal("a worker's child ≤ 80 MiB", "largest child", 80, at_most=True),
            Goal("upload to ready ≤ function + 60 ms", "waited for the worker", 60, at_most=True),
        ],
    ),
]  # fmt: skip
