"""WebP: chunks of RIFF. A frame of an animation contains chunks of its own."""

import struct
from collections.abc import Iterator
from dataclasses import replace

from core.images.containers.base import (
    MAX_FRAMES,
    Budget,
    Container,
    Point,
    check_size,
    damaged_error,
    incomplete_error,
)
from core.images.orientation import read_orientation

MAX_CHUNKS = MAX_FRAMES + 500
PIXELS = {b"VP8 ", b"VP8L"}
ALPHA_FLAG, PROFILE_FLAG = 0x10, 0x20


def read_webp(data: bytes) -> Container:
    """Return the still image or the first frame. Raises `InvalidImage`."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data) + 1:  # some encoders count padding that they do not write
        raise incomplete_error()
    found: dict[bytes, bytes] = {}
    budget = Budget(MAX_CHUNKS)
    for name, content in iter_chunks(data, 12, min(end, len(data))):
        is_pixels = name in {*PIXELS, b"ALPH", b"ANMF"}
        budget.spend(0 if is_pixels else 8 + len(content))
        found.setdefault(name, bytes(content))
    if b"VP8X" in found and len(found[b"VP8X"]) < 10:
        raise damaged_error()
    drop_unflagged(found)
    container = read_still(found) if PIXELS & found.keys() else read_first_frame(found)
    return replace(
        container,
        orientation=read_orientation(found.get(b"EXIF", b"")),
        icc_profile=found.get(b"ICCP"),
    )


def drop_unflagged(found: dict[bytes, bytes]) -> None:
    """Remove alpha and profile if their flags are not set: browsers ignore them, too."""
    flags = found.get(b"VP8X", b"\0")[0]
    for name, flag in ((b"ALPH", ALPHA_FLAG), (b"ICCP", PROFILE_FLAG)):
        if not flags & flag:
            found.pop(name, None)


def iter_chunks(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, memoryview]]:
    """Yield names and contents of chunks. Raises `InvalidImage` for a truncated one."""
    view = memoryview(data)
    while at + 8 <= end:
        size = int.from_bytes(view[at + 4 : at + 8], "little")
        if at + 8 + size > end:
            raise incomplete_error()
        yield bytes(view[at : at + 4]), view[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def read_still(found: dict[bytes, bytes]) -> Container:
    width, height = pixel_size(found)
    if extended := found.get(b"VP8X"):
        check_size(*canvas_size(extended))
    return Container("WEBP", build_webp(found, width, height))


def read_first_frame(found: dict[bytes, bytes]) -> Container:
    """Return the first frame of an animation on its transparent canvas."""
    if not {b"VP8X", b"ANMF"} <= found.keys():
        raise incomplete_error()
    canvas = canvas_size(found[b"VP8X"])
    check_size(*canvas)
    frame = found[b"ANMF"]
    x, y = (2 * int.from_bytes(frame[at : at + 3], "little") for at in (0, 3))
    budget = Budget(20)
    inner: dict[bytes, bytes] = {}
    for name, content in iter_chunks(frame, 16, len(frame)):
        budget.spend()
        inner.setdefault(name, bytes(content))
    width, height = pixel_size(inner)
    if x + width > canvas[0] or y + height > canvas[1]:
        raise damaged_error()
    return Container("WEBP", build_webp(inner, width, height), canvas=canvas, offset=(x, y))


def canvas_size(extended: bytes) -> Point:
    """Return width and height of the canvas from a VP8X chunk."""
    width, height = (int.from_bytes(extended[at : at + 3], "little") + 1 for at in (4, 7))
    return width, height


def pixel_size(found: dict[bytes, bytes]) -> Point:
    """Return width and height of the pixels from their header. Raises `InvalidImage`."""
    if lossless := found.get(b"VP8L"):
        bits = int.from_bytes(lossless[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        is_valid = lossless[0] == 0x2F
    else:
        lossy = found.get(b"VP8 ", b"")
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", lossy, 6))
        is_valid = lossy[3:6] == b"\x9d\x01\x2a"
    if not is_valid:
        raise damaged_error()
    check_size(width, height)
    return width, height


def build_webp(found: dict[bytes, bytes], width: int, height: int) -> bytes:
    """Return a WebP of these pixels and their alpha, without other chunks."""
    if lossless := found.get(b"VP8L"):
        parts = [(b"VP8L", lossless)]
    elif alpha := found.get(b"ALPH"):
        size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        head = bytes([ALPHA_FLAG, 0, 0, 0]) + size
        parts = [(b"VP8X", head), (b"ALPH", alpha), (b"VP8 ", found[b"VP8 "])]
    else:
        parts = [(b"VP8 ", found[b"VP8 "])]
    body = b"".join(
        name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
        for name, content in parts
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body
