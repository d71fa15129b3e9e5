"""Pictures, drawn from a seed: the repository holds no image files."""

import struct
from collections.abc import Iterator
from io import BytesIO
from itertools import count
from random import Random

from PIL import Image

from tests.support.pictures import encoded

SIZE = (640, 480)


def photo(random: Random, size: tuple[int, int] = SIZE, quality: int = 98) -> bytes:
    """Draw a JPEG with as much detail as a photograph has: about 200 KB, unless asked otherwise."""
    width, height = size[0] // 6, size[1] // 6
    coarse = Image.frombytes("RGB", (width, height), random.randbytes(3 * width * height))
    return encoded(coarse.resize(size, Image.Resampling.BICUBIC), "JPEG", quality=quality)


def photos(seed: int) -> Iterator[bytes]:
    """Give pictures without end, no two of them the same file."""
    random = Random(seed)
    drawn = [photo(random) for _ in range(5)]
    return (with_comment(drawn[number % 5], f"{seed}-{number}".encode()) for number in count())


def with_comment(jpeg: bytes, comment: bytes) -> bytes:
    """Put a comment behind the first marker of a JPEG."""
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + jpeg[2:]


def is_whole(content: bytes) -> bool:
    """Tell whether a file is a picture down to its last pixel."""
    try:
        with Image.open(BytesIO(content)) as image:
            image.load()
    except (OSError, ValueError, SyntaxError):
        return False
    return True
