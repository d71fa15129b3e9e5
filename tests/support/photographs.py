"""JPEGs with as much detail as photographs have, generated from a seed."""

from collections.abc import Iterator
from itertools import count
from random import Random

from PIL import Image

from tests.support.image_formats.jpeg import with_comment
from tests.support.images import Size, encode


def photograph(random: Random, size: Size = (640, 480), quality: int = 98) -> bytes:
    """Return a JPEG of about 200 KB, unless another size is passed."""
    width, height = size[0] // 6, size[1] // 6
    coarse = Image.frombytes("RGB", (width, height), random.randbytes(3 * width * height))
    return encode(coarse.resize(size, Image.Resampling.BICUBIC), "JPEG", quality=quality)


def photographs(seed: int) -> Iterator[bytes]:
    """Yield photographs without end, no two of them the same file."""
    random = Random(seed)
    originals = [photograph(random) for _ in range(5)]
    return (with_comment(originals[number % 5], f"{seed}-{number}".encode()) for number in count())
