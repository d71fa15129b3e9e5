"""G9: the disk for the files, of 4 MB, is full, then read-only, then free again.

Goal: 507 as a problem and no row without its file; thumbnails that found no room
are made once there is some.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from tests.chaos.harness import Service, running
from tests.chaos.report import Figure, Scale, all_of, at_least, none_of
from tests.support.http_client import HttpResponse
from tests.support.photographs import photographs

INSIDE = "TORTURE_MOUNTS"  # set in the process that may mount
ROWS = "SELECT image FROM products_product"
READY = "SELECT count(*) FROM products_product WHERE thumbnail_status = 'ready'"


def run(scale: Scale) -> list[Figure]:
    if INSIDE not in os.environ:
        return run_inside(scale)
    with running() as service, small_disk(service.media):
        figures = fill_and_free(service, scale)
    print(json.dumps([astuple(figure) for figure in figures]))
    return figures


def run_inside(scale: Scale) -> list[Figure]:
    """Run the plan in a namespace of its own, where anybody may mount, and nobody else sees it."""
    code = f"from tests.chaos import g9_disk_full as g, report as r; g.run(r.{scale})"
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    result = subprocess.run(
        ["unshare", *user, "--mount", sys.executable, "-c", code],
        env=os.environ | {INSIDE: "yes"}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    if result.returncode:
        return [Figure("a disk of 4 MB", "the plan cannot run here", "runs", False)]
    return [Figure(*values) for values in json.loads(result.stdout.splitlines()[-1])]


def fill_and_free(service: Service, scale: Scale) -> list[Figure]:
    pictures, tries = photographs(scale.seed), scale.of(50)
    ballast = service.media / "ballast"
    ballast.write_bytes(bytes(2 * 2**20))
    first = [service.create_product(next(pictures)) for _ in range(20)]  # 4 MB: not all find room
    full = [service.create_product(next(pictures)) for _ in range(tries)]
    mount(service.media, "-o", "remount,ro")
    read_only = [service.create_product(next(pictures)) for _ in range(tries)]
    mount(service.media, "-o", "remount,rw")
    kept = [answer for answer in first + full if answer.status == 201]
    waiting = service.unsettled()
    rows = service.rows(ROWS)
    ballast.unlink()
    service.wait_until_settled(90)
    return [
        all_of("507 on a full disk", sum(map(is_507, full)), len(full)),
        all_of("507 on a read-only disk", sum(map(is_507, read_only)), len(read_only)),
        none_of("rows that no 201 told of", abs(len(rows) - len(kept)), len(rows)),
        none_of("rows without a file", sum(not (service.media / row[0]).exists() for row in rows)),
        at_least("thumbnails that found no room", waiting, 1),
        all_of("thumbnails ready once there was room", service.rows(READY)[0][0], len(kept)),
    ]


def is_507(answer: HttpResponse) -> bool:
    is_problem = answer.headers["Content-Type"] == "application/problem+json"
    return answer.status == 507 and is_problem and answer.json["code"] == "storage-unavailable"


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    mount(folder, "-t", "tmpfs", "-o", "size=4m", "none")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def mount(folder: Path, *options: str) -> None:
    subprocess.run(["mount", *options, str(folder)], check=True)
