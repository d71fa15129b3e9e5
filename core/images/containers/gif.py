"""GIF: blocks, each a chain of sub-blocks. Pixels behind the first frame are only counted."""

import struct

from core.images.containers.base import (
    MAX_FRAMES,
    Budget,
    Container,
    check_size,
    incomplete,
)
from core.images.errors import InvalidImage

EXTENSION, FRAME, TRAILER = 0x21, 0x2C, 0x3B
CONTROL = 0xF9
# Sub-blocks have 255 bytes, but for the last of each chain: 40,000 in a file of 10 MB. XMP is not
# written in them, but reads as them: one for every 70 bytes or so.
MIN_SUB_BLOCKS, BYTES_PER_SUB_BLOCK = 100_000, 128
MAX_BLOCKS = 10_000  # frames and extensions


def read_gif(data: bytes) -> Container:
    at = 13 + color_table_size(data[10])
    data += b"\0"  # ends the pixels where nothing but their end is cut off
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
            break  # nobody misses what was cut off behind the first frame
        if not first:
            # A full sub-block is hardly the last one.
            if end == len(data) and (end == pixels + 1 or data[end - 257] == 255):
                raise incomplete()
            canvas, offset, size = place(data, at)
            first = file_of(data, size, control, data[at + 9 : end])
        at = end
    else:
        raise InvalidImage("broken-image", "The image has too many frames.")
    if not first:
        raise incomplete()
    return Container("GIF", first, canvas=canvas, offset=offset)


def skip_extensions(data: bytes, at: int, blocks: Budget, sub_blocks: Budget) -> tuple[int, bytes]:
    """Return where the next frame or the end is, and the graphic control before it."""
    control = b""
    while data[at] not in {FRAME, TRAILER}:
        end = at + 1  # some encoders leave a byte too many
        if data[at] == EXTENSION:
            end = skip_sub_blocks(data, at + 2, sub_blocks)
            if data[at + 1] == CONTROL and end == at + 8:
                control = data[at:end]
        blocks.spend(end - at)
        at = end
    return at, control


def skip_sub_blocks(data: bytes, at: int, budget: Budget) -> int:
    """Return where a chain of sub-blocks ends: behind an empty one."""
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
    return 3 * 2 ** (1 + flags % 8) if flags & 0x80 else 0


def place(data: bytes, at: int) -> tuple[tuple[int, int], ...]:
    """Return the canvas' size, and offset and size of the frame. The canvas grows with it."""
    screen = struct.unpack_from("<HH", data, 6)
    x, y, width, height = struct.unpack_from("<HHHH", data, at + 1)
    canvas = max(screen[0], x + width), max(screen[1], y + height)
    check_size(width, height)
    check_size(*canvas)
    return canvas, (x, y), (width, height)


def file_of(data: bytes, size: tuple[int, int], control: bytes, frame: bytes) -> bytes:
    """Return a GIF of one frame that fills its screen. `frame` begins with its flags."""
    screen = struct.pack("<HH", *size)
    colors = data[10:13] + data[13 : 13 + color_table_size(data[10])]
    place = b"\x2c" + bytes(4) + screen
    return b"".join([b"GIF89a", screen, colors, control, place, frame, b";"])
