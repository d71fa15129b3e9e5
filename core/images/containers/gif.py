"""GIF: blocks, each a chain of sub-blocks. After the first frame, they are only counted."""

import struct

from core.images.containers.base import (
    MAX_FRAMES,
    Budget,
    Container,
    Point,
    check_size,
    incomplete_error,
)
from core.images.errors import InvalidImage

EXTENSION, FRAME, TRAILER = 0x21, 0x2C, 0x3B
CONTROL = 0xF9
# Sub-blocks have 255 bytes, except for the last of each chain: 40,000 in a file of 10 MB. XMP is
# not written as sub-blocks, but reads as such: one for every 70 bytes or so.
MIN_SUB_BLOCKS, BYTES_PER_SUB_BLOCK = 100_000, 128
MAX_BLOCKS = 10_000  # frames and extensions


def read_gif(data: bytes) -> Container:
    """Return the first frame on its canvas. Raises `InvalidImage`."""
    at = 13 + color_table_size(data[10])
    data += b"\0"  # terminates pixels of which only the terminator is cut off
    blocks = Budget(MAX_BLOCKS)
    sub_blocks = Budget(MIN_SUB_BLOCKS + len(data) // BYTES_PER_SUB_BLOCK)
    control = first = b""
    canvas = offset = (0, 0)
    for _ in range(MAX_FRAMES):
        try:
            at, control = skip_extensions(data, at, blocks, sub_blocks)
            if data[at] != FRAME:
                break
            pixels = at + 11 + color_table_size(data[at + 9])
            end = skip_sub_blocks(data, pixels, sub_blocks)
        except IndexError:
            break  # what is cut off after the first frame is not needed
        if not first:
            # A full sub-block is hardly ever the last one.
            if end == len(data) and (end == pixels + 1 or data[end - 257] == 255):
                raise incomplete_error()
            canvas, offset, size = read_geometry(data, at)
            first = build_gif(data, size, control, data[at + 9 : end])
        at = end
    else:
        raise InvalidImage("broken-image", "The image has too many frames.")
    if not first:
        raise incomplete_error()
    return Container("GIF", first, canvas=canvas, offset=offset)


def skip_extensions(data: bytes, at: int, blocks: Budget, sub_blocks: Budget) -> tuple[int, bytes]:
    """Return the offset of the next frame or the end, and the graphic control before it."""
    control = b""
    while data[at] not in {FRAME, TRAILER}:
        end = at + 1  # some encoders write an extra byte
        if data[at] == EXTENSION:
            end = skip_sub_blocks(data, at + 2, sub_blocks)
            if data[at + 1] == CONTROL and end == at + 8:
                control = data[at:end]
        blocks.spend(end - at)
        at = end
    return at, control


def skip_sub_blocks(data: bytes, at: int, budget: Budget) -> int:
    """Return the offset after a chain of sub-blocks, which an empty one terminates."""
    left = budget.parts
    for count in range(left + 1):
        size = data[at]
        at += size + 1
        if not size:
            budget.spend(parts=count)
            return at
    budget.spend(parts=left + 1)
    return at


def color_table_size(flags: int) -> int:
    """Return the size of a color table in bytes, 0 if the flags announce none."""
    return 3 * 2 ** (1 + flags % 8) if flags & 0x80 else 0


def read_geometry(data: bytes, at: int) -> tuple[Point, Point, Point]:
    """Return the size of the canvas, which includes the frame, and the frame's offset and size."""
    screen = struct.unpack_from("<HH", data, 6)
    x, y, width, height = struct.unpack_from("<HHHH", data, at + 1)
    canvas = max(screen[0], x + width), max(screen[1], y + height)
    check_size(width, height)
    check_size(*canvas)
    return canvas, (x, y), (width, height)


def build_gif(data: bytes, size: Point, control: bytes, frame: bytes) -> bytes:
    """Return a GIF of one frame that fills its screen. `frame` starts with its flags."""
    screen = struct.pack("<HH", *size)
    colors = data[10:13] + data[13 : 13 + color_table_size(data[10])]
    descriptor = b"\x2c" + bytes(4) + screen
    return b"".join([b"GIF89a", screen, colors, control, descriptor, frame, b";"])
