"""WebP: chunks of RIFF. An animation's first frame has chunks of its own."""

import struct
from collections.abc import Iterator
from dataclasses import replace

from core.images.containers.base import (
    MAX_FRAMES,
    Budget,
    Container,
    check_size,
    damaged,
    incomplete,
)
from core.images.orientation import read_orientation

MAX_CHUNKS = MAX_FRAMES + 500
PIXELS = {b"VP8 ", b"VP8L"}
ALPHA_FLAG, PROFILE_FLAG = 0x10, 0x20


def read_webp(data: bytes) -> Container:
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data) + 1:  # some encoders count a padding that they do not write
        raise incomplete()
    found: dict[bytes, bytes] = {}
    budget = Budget(MAX_CHUNKS)
    for name, content in chunks(data, 12, min(end, len(data))):
        is_pixels = name in {*PIXELS, b"ALPH", b"ANMF"}
        budget.spend(0 if is_pixels else 8 + len(content))
        found.setdefault(name, bytes(content))
    if b"VP8X" in found and len(found[b"VP8X"]) < 10:
        raise damaged()
    drop_unannounced(found)
    container = still(found) if PIXELS & found.keys() else first_frame(found)
    return replace(
        container,
        orientation=read_orientation(found.get(b"EXIF", b"")),
        icc_profile=found.get(b"ICCP"),
    )


def drop_unannounced(found: dict[bytes, bytes]) -> None:
    """Remove alpha and the profile where flags say that there are none: browsers ignore them."""
    flags = found.get(b"VP8X", b"\0")[0]
    for name, flag in ((b"ALPH", ALPHA_FLAG), (b"ICCP", PROFILE_FLAG)):
        if not flags & flag:
            found.pop(name, None)


def chunks(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, memoryview]]:
    """Yield names and contents. Raises `InvalidImage` for one that goes beyond the end."""
    view = memoryview(data)
    while at + 8 <= end:
        size = int.from_bytes(view[at + 4 : at + 8], "little")
        if at + 8 + size > end:
            raise incomplete()
        yield bytes(view[at : at + 4]), view[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def still(found: dict[bytes, bytes]) -> Container:
    width, height = pixel_size(found)
    if extended := found.get(b"VP8X"):
        check_size(*(int.from_bytes(extended[at : at + 3], "little") + 1 for at in (4, 7)))
    return Container("WEBP", file_of(found, width, height))


def first_frame(found: dict[bytes, bytes]) -> Container:
    """Return the first frame of an animation. Around it, the canvas is transparent."""
    if not {b"VP8X", b"ANMF"} <= found.keys():
        raise incomplete()
    canvas = tuple(int.from_bytes(found[b"VP8X"][at : at + 3], "little") + 1 for at in (4, 7))
    check_size(*canvas)
    frame = found[b"ANMF"]
    x, y = (2 * int.from_bytes(frame[at : at + 3], "little") for at in (0, 3))
    budget, inner = Budget(20), {}
    for name, content in chunks(frame, 16, len(frame)):
        budget.spend()
        inner.setdefault(name, bytes(content))
    width, height = pixel_size(inner)
    if x + width > canvas[0] or y + height > canvas[1]:
        raise damaged()
    return Container("WEBP", file_of(inner, width, height), canvas=canvas, offset=(x, y))


def pixel_size(found: dict[bytes, bytes]) -> tuple[int, int]:
    """Return width and height from the header of the pixels. Raises `InvalidImage`."""
    if lossless := found.get(b"VP8L"):
        bits = int.from_bytes(lossless[1:5], "little")
        size = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        is_sound = lossless[0] == 0x2F
    else:
        lossy = found.get(b"VP8 ", b"")
        size = tuple(side & 0x3FFF for side in struct.unpack_from("<HH", lossy, 6))
        is_sound = lossy[3:6] == b"\x9d\x01\x2a"
    if not is_sound:
        raise damaged()
    check_size(*size)
    return size


def file_of(found: dict[bytes, bytes], width: int, height: int) -> bytes:
    """Return a WebP of these pixels and their alpha, and nothing else."""
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
