"""Chunks, which PNG files are made of, and files in depths and color types that Pillow lacks."""

import struct
import zlib
from collections.abc import Iterable, Iterator

from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6  # color types
CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGBA: 4}
# Where each pass of an interlaced image begins, and its steps.
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2)]
ADAM7 += [(0, 1, 1, 2)]


def chunk(name: bytes, content: bytes = b"") -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def png_file(
    size: tuple[int, int],
    depth: int,
    color_type: int,
    rows: Iterable[bytes],
    *chunks: bytes,
    interlaced: bool = False,
) -> bytes:
    """Return a PNG of these rows, each with its filter type in front, compressed one by one."""
    header = struct.pack(">IIBBBBB", *size, depth, color_type, 0, 0, interlaced)
    compressor = zlib.compressobj()
    pixels = b"".join(compressor.compress(row) for row in rows) + compressor.flush()
    parts = [chunk(b"IHDR", header), *chunks, chunk(b"IDAT", pixels), chunk(b"IEND")]
    return SIGNATURE + b"".join(parts)


def flat_png(
    size: tuple[int, int], depth: int, color_type: int, pixel: bytes, *chunks: bytes
) -> bytes:
    """Return a PNG of one repeated pixel; without a pixel, of a header and no rows."""
    width, height = size
    rows = [b"\0" + pixel * width] * height if pixel else []
    return png_file(size, depth, color_type, rows, *chunks)


def png_of_samples(
    image: Image.Image, depth: int, color_type: int, *chunks: bytes, interlaced: bool = False
) -> bytes:
    """Return a PNG of an image's samples: of eight bits, or of as few as there are."""
    rows = sample_rows(image, depth, CHANNELS[color_type], interlaced)
    return png_file(image.size, depth, color_type, rows, *chunks, interlaced=interlaced)


def sample_rows(image: Image.Image, depth: int, channels: int, interlaced: bool) -> Iterator[bytes]:
    (width, height), raw = image.size, image.tobytes()
    for left, top, right, down in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        for y in range(top, height, down):
            line = raw[y * width * channels :][: width * channels]
            samples = [
                sample
                for x in range(left, width, right)
                for sample in line[x * channels : (x + 1) * channels]
            ]
            if samples:
                yield b"\0" + pack_samples(samples, depth)


def pack_samples(samples: list[int], depth: int) -> bytes:
    if depth == 16:
        return b"".join(bytes([sample, sample]) for sample in samples)
    if depth == 8:
        return bytes(samples)
    bits = "".join(format(sample, f"0{depth}b") for sample in samples)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8)
