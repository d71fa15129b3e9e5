"""Files that nobody here drew: the test pictures of Pillow's source distribution, and mutants."""

import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.chaos.pictures import photo
from tests.support.pictures import animated, jpeg, noise, png

PILLOW = "pillow==13.0.0"
FLIPPED = 0.0005  # the part of a mutant's bytes that is changed, or one in two thousand


def found() -> list[bytes]:
    """Fetch Pillow's own test pictures, whatever they are; none if they cannot be had."""
    with TemporaryDirectory() as folder:
        command = ["download", "--quiet", "--no-binary", ":all:", "--no-deps", "--dest", folder]
        pip = [sys.executable, "-m", "pip", *command, PILLOW]
        try:
            subprocess.run(pip, check=True, timeout=300, capture_output=True)
        except (subprocess.SubprocessError, OSError):
            return []
        (archive,) = Path(folder).glob("*.tar.gz")
        return list(pictures_in(archive))


def pictures_in(archive: Path) -> list[bytes]:
    with tarfile.open(archive) as files:
        members = sorted(
            (member for member in files if member.isfile() and "/Tests/images/" in member.name),
            key=lambda member: member.name,
        )
        return [files.extractfile(member).read() for member in members]


def drawn(random: Random, number: int) -> list[bytes]:
    """Draw pictures of all kinds that we take: what stands in for found ones."""
    kinds = [
        lambda: photo(random, (random.randint(8, 900), random.randint(8, 900))),
        lambda: noise("PNG"),
        lambda: noise("WEBP"),
        lambda: noise("AVIF"),
        lambda: animated(random.choice(["GIF", "WEBP", "PNG"]), (99, 70)),
        lambda: png((40, 30), 40_000, "I;16"),
        lambda: jpeg((40, 30), (9, 99, 200, 30), "CMYK"),
    ]
    return [kinds[index % len(kinds)]() for index in range(number)]


def mutants(random: Random, originals: Sequence[bytes], number: int) -> list[bytes]:
    return [mutant(random, random.choice(originals)) for _ in range(number)]


def mutant(random: Random, original: bytes) -> bytes:
    """Change some bytes of a file; of every tenth, cut the end off as well."""
    content = bytearray(original)
    for _ in range(max(1, round(len(content) * FLIPPED))):
        if content:
            content[random.randrange(len(content))] = random.randrange(256)
    if random.random() < 0.1:
        del content[random.randrange(len(content) + 1) :]
    return bytes(content)
