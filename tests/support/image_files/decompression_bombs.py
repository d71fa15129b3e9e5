"""Files that claim, or decompress to, far more than a server can hold."""

import struct
import zlib
from collections.abc import Iterator
from itertools import repeat

from tests.support.image_files.structural_bombs import STRUCTURAL_BOMBS
from tests.support.image_formats.png import GRAY, RGB, RGBA, chunk, flat_png, png_file
from tests.support.image_formats.webp import riff_chunk, webp_file
from tests.support.images import Size, animated, jpeg, noise

ZEROS = bytes(50 * 2**20)  # compress to a thousandth


def small_bombs() -> Iterator[tuple[str, bytes]]:
    """Yield thirty small bombs, each with its name."""
    yield from png_bombs()
    yield from metadata_bombs()
    yield from false_headers()
    yield from large_canvases()


def large_bombs() -> Iterator[tuple[str, bytes]]:
    """Yield files of ten megabytes that are nothing but structure."""
    for bombs in STRUCTURAL_BOMBS:
        yield from bombs()


def png_bombs() -> Iterator[tuple[str, bytes]]:
    """Yield PNGs that decompress to the pixels that their headers claim."""
    for side in (6400, 9400, 16_000, 20_000):
        yield f"PNG, 1 bit, {side:,}²", square_png(side, 1, GRAY, 1)
    for side in (6400, 8000, 10_000, 12_000):
        yield f"PNG, 8 bit, {side:,}²", square_png(side, 8, GRAY, 8)
    for side in (6400, 8000):
        yield f"PNG, 16 bit, {side:,}²", square_png(side, 16, GRAY, 16)
        yield f"PNG, 8 bit RGBA, {side:,}²", square_png(side, 8, RGBA, 32)


def square_png(side: int, depth: int, color_type: int, bits: int) -> bytes:
    """Return a PNG of one color; `bits` are those of a pixel."""
    row = b"\0" + b"\xaa" * (side * bits // 8)
    return png_file((side, side), depth, color_type, repeat(row, side))


def metadata_bombs() -> Iterator[tuple[str, bytes]]:
    """Yield tiny PNGs with texts and profiles that decompress to 50 MB."""
    packed = zlib.compress(ZEROS, 9)
    parts = {
        "zTXt": chunk(b"zTXt", b"Comment\0\0" + packed),
        "iTXt": chunk(b"iTXt", b"Comment\0\1\0\0\0" + packed),
        "iCCP": chunk(b"iCCP", b"profile\0\0" + packed),
    }
    for name, part in parts.items():
        yield f"PNG, {name} of 50 MB", flat_png((8, 8), 8, RGB, b"\1\2\3", part)
        yield f"PNG, 20 {name} of 50 MB", flat_png((8, 8), 8, RGB, b"\1\2\3", *[part] * 20)


def false_headers() -> Iterator[tuple[str, bytes]]:
    """Yield files whose headers claim a size, followed by a few bytes."""
    small = jpeg((64, 64))
    at = small.index(b"\xff\xc0") + 5
    for width, height in ((65_000, 1000), (65_500, 65_500), (12_000, 12_000)):
        size = struct.pack(">HH", height, width)
        yield f"JPEG, {width} by {height}", small[:at] + size + small[at + 4 :]
    lossless = (16_383 | 16_383 << 14).to_bytes(4, "little")
    yield "WebP, lossless", webp(b"VP8L", b"\x2f" + lossless + bytes(40))
    canvas = (16_383).to_bytes(3, "little") * 2
    yield "WebP, lossy", webp(b"VP8 ", b"\x30\1\0\x9d\1\x2a" + struct.pack("<HH", 16383, 16383))
    yield "WebP, extended", webp(b"VP8X", bytes(4) + canvas)
    avif = noise("AVIF")
    at = avif.index(b"ispe") + 8
    yield "AVIF", avif[:at] + struct.pack(">II", 30_000, 30_000) + avif[at + 8 :]
    yield "HEIC, 200 MP", heic((16_000, 12_500))


def large_canvases() -> Iterator[tuple[str, bytes]]:
    """Yield animations whose canvas or first frame is huge."""
    small = animated("GIF")
    yield "GIF, screen of 65,535²", small[:6] + struct.pack("<HH", 65_535, 65_535) + small[10:]
    yield "GIF, screen of 9,000²", small[:6] + struct.pack("<HH", 9000, 9000) + small[10:]
    at = small.index(b"\x2c", 13 + 3 * 2 ** (1 + small[10] % 8)) + 5
    yield "GIF, frame of 60,000²", small[:at] + struct.pack("<HH", 60_000, 60_000) + small[at + 4 :]
    apng = animated("PNG")
    at = apng.index(b"IHDR") + 4
    header = struct.pack(">II", 9000, 9000) + apng[at + 8 : at + 13]
    yield "APNG of 9,000²", apng[: at - 8] + chunk(b"IHDR", header) + apng[at + 17 :]


def webp(name: bytes, content: bytes) -> bytes:
    return webp_file(riff_chunk(name, content))


def heic(size: Size) -> bytes:
    file_type = struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic"
    return file_type + struct.pack(">I4sIII", 20, b"ispe", 0, *size)
