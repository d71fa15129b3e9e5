"""Files that claim, or hold, far more than a server can bear. Written by hand."""

import struct
import zlib
from collections.abc import Iterator

from tests.support.pictures import Size, animated, chunk, jpeg, noise, raw_png
from tests.support.structural_bombs import STRUCTURAL_BOMBS

GRAY, RGBA = 0, 6  # PNG's color types
MANY = bytes(50 * 2**20)  # compresses to a thousandth


def small_bombs() -> Iterator[tuple[str, bytes]]:
    """Yield thirty small ones, each with what it is."""
    yield from png_bombs()
    yield from text_bombs()
    yield from claims()
    yield from frames()


def large_bombs() -> Iterator[tuple[str, bytes]]:
    """Yield those of ten megabytes that are nothing but structure: one for each format and kind."""
    for bombs in STRUCTURAL_BOMBS:
        yield from bombs()


def png_bombs() -> Iterator[tuple[str, bytes]]:
    """Give PNGs whose pixels are really there: they would take what their header says."""
    for side in (6400, 9400, 16_000, 20_000):
        yield f"PNG, 1 bit, {side:,}²", big_png(side, 1, GRAY, 1)
    for side in (6400, 8000, 10_000, 12_000):
        yield f"PNG, 8 bit, {side:,}²", big_png(side, 8, GRAY, 8)
    for side in (6400, 8000):
        yield f"PNG, 16 bit, {side:,}²", big_png(side, 16, GRAY, 16)
        yield f"PNG, 8 bit RGBA, {side:,}²", big_png(side, 8, RGBA, 32)


def big_png(side: int, depth: int, color_type: int, bits: int) -> bytes:
    """Write a square PNG of one color, row by row. `bits` are those of a whole pixel."""
    row = b"\0" + b"\xaa" * (side * bits // 8)
    packer = zlib.compressobj()
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, depth, color_type, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def text_bombs() -> Iterator[tuple[str, bytes]]:
    """Give tiny PNGs with texts and profiles that grow to 50 MB."""
    packed = zlib.compress(MANY, 9)
    parts = {
        "zTXt": chunk(b"zTXt", b"Comment\0\0" + packed),
        "iTXt": chunk(b"iTXt", b"Comment\0\1\0\0\0" + packed),
        "iCCP": chunk(b"iCCP", b"profile\0\0" + packed),
    }
    for name, part in parts.items():
        yield f"PNG, {name} of 50 MB", raw_png((8, 8), 8, 2, b"\1\2\3", part)
        yield f"PNG, 20 {name} of 50 MB", raw_png((8, 8), 8, 2, b"\1\2\3", *[part] * 20)


def claims() -> Iterator[tuple[str, bytes]]:
    """Give files whose header claims a size, with a few bytes behind it."""
    small = jpeg((64, 64))
    at = small.index(b"\xff\xc0") + 5
    for width, height in ((65_000, 1000), (65_500, 65_500), (12_000, 12_000)):
        size = struct.pack(">HH", height, width)
        yield f"JPEG, {width} by {height}", small[:at] + size + small[at + 4 :]
    lossless = (16_383 | 16_383 << 14).to_bytes(4, "little")
    yield "WebP, lossless", riff(b"VP8L", b"\x2f" + lossless + bytes(40))
    canvas = (16_383).to_bytes(3, "little") * 2
    yield "WebP, lossy", riff(b"VP8 ", b"\x30\1\0\x9d\1\x2a" + struct.pack("<HH", 16383, 16383))
    yield "WebP, extended", riff(b"VP8X", bytes(4) + canvas)
    avif = noise("AVIF")
    at = avif.index(b"ispe") + 8
    yield "AVIF", avif[:at] + struct.pack(">II", 30_000, 30_000) + avif[at + 8 :]
    yield "HEIC, 200 MP", heic((16_000, 12_500))


def frames() -> Iterator[tuple[str, bytes]]:
    """Give animations whose screen or first frame is huge."""
    small = animated("GIF")
    yield "GIF, screen of 65,535²", small[:6] + struct.pack("<HH", 65_535, 65_535) + small[10:]
    yield "GIF, screen of 9,000²", small[:6] + struct.pack("<HH", 9000, 9000) + small[10:]
    at = small.index(b"\x2c", 13 + 3 * 2 ** (1 + small[10] % 8)) + 5
    yield "GIF, frame of 60,000²", small[:at] + struct.pack("<HH", 60_000, 60_000) + small[at + 4 :]
    apng = animated("PNG")
    at = apng.index(b"IHDR") + 4
    header = struct.pack(">II", 9000, 9000) + apng[at + 8 : at + 13]
    yield "APNG of 9,000²", apng[: at - 8] + chunk(b"IHDR", header) + apng[at + 17 :]


def riff(name: bytes, content: bytes) -> bytes:
    content += bytes(len(content) % 2)
    body = b"WEBP" + name + struct.pack("<I", len(content)) + content
    return b"RIFF" + struct.pack("<I", len(body)) + body


def heic(size: Size) -> bytes:
    kind = struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic"
    return kind + struct.pack(">I4sIII", 20, b"ispe", 0, *size)
