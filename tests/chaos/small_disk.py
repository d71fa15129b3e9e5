"""`python -m tests.chaos.small_disk SCALE SEED`, in a mount namespace: fill a disk and free it.

Prints the measurements as JSON.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from itertools import islice
from pathlib import Path

from tests.chaos.measurements import Measurement, Scale, expect_all, expect_at_least, expect_none
from tests.chaos.service import SupervisedService, running_service
from tests.support.http_client import HttpResponse
from tests.support.photographs import photographs


def measure_full_disk(service: SupervisedService, scale: Scale) -> list[Measurement]:
    images, tries = photographs(scale.seed), scale.of(50)
    ballast = service.media / "ballast"
    ballast.write_bytes(bytes(2 * 2**20))

    def upload(number: int) -> list[HttpResponse]:
        return [service.create_product(image) for image in islice(images, number)]

    first = upload(20)  # of 4 MB, for which there is no room
    full = upload(tries)
    mount(service.media, "-o", "remount,ro")
    read_only = upload(tries)
    mount(service.media, "-o", "remount,rw")
    created = [response for response in first + full if response.status == 201]
    unfinished = service.unfinished()
    names = [name for (name,) in service.rows("SELECT image FROM products_product")]
    missing = sum(not (service.media / name).exists() for name in names)
    ballast.unlink()
    service.wait_until_finished(90)
    ready = service.count("thumbnail_status = 'ready'")
    return [
        expect_all("507 on a full disk", sum(map(is_507, full)), len(full)),
        expect_all("507 on a read-only disk", sum(map(is_507, read_only)), len(read_only)),
        expect_none("rows without a 201", abs(len(names) - len(created)), len(names)),
        expect_none("rows without a file", missing),
        expect_at_least("thumbnails that found no room", unfinished, 1),
        expect_all("thumbnails ready once there was room", ready, len(created)),
    ]


def is_507(response: HttpResponse) -> bool:
    is_problem = response.headers["Content-Type"] == "application/problem+json"
    return response.status == 507 and is_problem and response.json["code"] == "storage-unavailable"


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Mount a disk of 4 MB at a folder during the block."""
    folder.mkdir(exist_ok=True)
    mount(folder, "-t", "tmpfs", "-o", "size=4m", "none")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def mount(folder: Path, *options: str) -> None:
    subprocess.run(["mount", *options, str(folder)], check=True)


def main() -> None:
    scale = Scale(float(sys.argv[1]), int(sys.argv[2]))
    with running_service() as service, small_disk(service.media):
        measurements = measure_full_disk(service, scale)
    print(json.dumps([astuple(measurement) for measurement in measurements]))


if __name__ == "__main__":
    main()
