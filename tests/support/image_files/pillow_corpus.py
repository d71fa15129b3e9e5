"""Files from elsewhere: the test images of Pillow's source distribution, and mutants of files."""

import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.support.images import animated, jpeg, noise, png
from tests.support.photographs import photograph

PILLOW = "pillow==13.0.0"
MUTATED = 0.0005  # of a file's bytes: one in two thousand


def download_pillow_images() -> list[bytes]:
    """Download Pillow's own test images, broken ones too; none if PyPI is unavailable."""
    with TemporaryDirectory() as folder:
        command = ["download", "--quiet", "--no-binary", ":all:", "--no-deps", "--dest", folder]
        pip = [sys.executable, "-m", "pip", *command, PILLOW]
        try:
            subprocess.run(pip, check=True, timeout=300, capture_output=True)
        except (subprocess.SubprocessError, OSError):
            return []
        (archive,) = Path(folder).glob("*.tar.gz")
        return list(read_images(archive))


def read_images(archive: Path) -> list[bytes]:
    with tarfile.open(archive) as files:
        members = sorted(
            (member for member in files if member.isfile() and "/Tests/images/" in member.name),
            key=lambda member: member.name,
        )
        return [files.extractfile(member).read() for member in members]


def generate_images(random: Random, number: int) -> list[bytes]:
    """Return images of all accepted formats, a substitute for Pillow's."""
    generators = [
        lambda: photograph(random, (random.randint(8, 900), random.randint(8, 900))),
        lambda: noise("PNG"),
        lambda: noise("WEBP"),
        lambda: noise("AVIF"),
        lambda: animated(random.choice(["GIF", "WEBP", "PNG"]), (99, 70)),
        lambda: png((40, 30), 40_000, "I;16"),
        lambda: jpeg((40, 30), (9, 99, 200, 30), "CMYK"),
    ]
    return [generators[index % len(generators)]() for index in range(number)]


def mutate_images(random: Random, originals: Sequence[bytes], number: int) -> list[bytes]:
    return [mutate(random, random.choice(originals)) for _ in range(number)]


def mutate(random: Random, original: bytes) -> bytes:
    """Return a copy with some bytes changed, and one time in ten truncated as well."""
    content = bytearray(original)
    for _ in range(max(1, round(len(content) * MUTATED))):
        if content:
            content[random.randrange(len(content))] = random.randrange(256)
    if random.random() < 0.1:
        del content[random.randrange(len(content) + 1) :]
    return bytes(content)
