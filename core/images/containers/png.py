"""PNG and APNG: chunks. Only those that pixels and colors depend on reach the decoder."""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from core.images.color_spaces import cicp_profile, gamma_profile
from core.images.containers.base import (
    MAX_FRAMES,
    MAX_INFLATED,
    Budget,
    Container,
    check_size,
    damaged,
    incomplete,
)
from core.images.errors import InvalidImage
from core.images.orientation import read_orientation

CHECKSUM = 4  # bytes
MAX_FRAME_COUNT = 2**31 - 1
MAX_CHUNKS = 10_000  # encoders write 8 KB to each IDAT: 1,200 in 10 MB
SIGNATURE = b"\x89PNG\r\n\x1a\n"
GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
DEPTHS = {
    GRAY: {1, 2, 4, 8, 16},
    RGB: {8, 16},
    PALETTE: {1, 2, 4, 8},
    GRAY_ALPHA: {8, 16},
    RGBA: {8, 16},
}
KEPT_ONCE = {b"PLTE", b"tRNS", b"iCCP", b"cICP", b"sRGB", b"gAMA", b"cHRM", b"eXIf", b"acTL"}
CRITICAL = {b"IHDR", b"PLTE", b"IDAT"}
CHECKED = KEPT_ONCE | CRITICAL


class Chunk(NamedTuple):
    name: bytes
    content: memoryview
    is_sound: bool | None  # None: the checksum was not looked at


class Chunks:
    """Collects what is needed of the chunks: once each, and the pixels of two images."""

    def __init__(self) -> None:
        self.once: dict[bytes, bytes] = {}
        self.default: list[memoryview] = []
        self.frame: list[memoryview] = []
        self.controls: list[bytes] = []  # of the frames, as far as one has begun
        self.inflated = 0

    def add(self, chunk: Chunk, previous: bytes) -> None:
        match chunk.name:
            case b"IDAT" if not self.default or previous == b"IDAT":
                self.default.append(chunk.content)
            case b"fcTL":
                self.controls.append(bytes(chunk.content))
                if len(self.controls) > MAX_FRAMES:
                    raise InvalidImage("broken-image", "The image has too many frames.")
            case b"fdAT" if len(self.controls) == 1:
                self.frame.append(chunk.content[4:])
            case b"zTXt" | b"iTXt":
                self.inflate(text_stream(bytes(chunk.content)))
            case name if self.default and name != b"eXIf":
                pass  # what pixels are read by comes before them: decoders ignore the rest
            case name if name in KEPT_ONCE and chunk.is_sound:
                self.once.setdefault(name, bytes(chunk.content))

    def inflate(self, stream: bytes) -> bytes | None:
        """Unfold what is compressed beside the pixels, as far as it is allowed to grow."""
        inflater = zlib.decompressobj()
        try:
            content = inflater.decompress(stream, MAX_INFLATED - self.inflated + 1)
        except zlib.error:
            return None
        self.inflated += len(content)
        if self.inflated > MAX_INFLATED:
            raise InvalidImage("broken-image", "The image has too much metadata.")
        return content

    def icc_profile(self) -> bytes | None:
        """Return the profile that colors are read by: as in browsers, the first of four ways."""
        if profile := cicp_profile(*self.once.get(b"cICP", b"")[:2]):
            return profile
        if b"iCCP" in self.once:
            return self.inflate(self.once[b"iCCP"].partition(b"\0")[2][1:])
        if b"sRGB" in self.once:
            return None
        return gamma_profile(self.once.get(b"gAMA", b""), self.once.get(b"cHRM", b""))


def read_png(data: bytes) -> Container:
    header, chunks, previous = b"", Chunks(), b""
    for chunk in walk(data):
        if (chunk.name == b"IHDR") == bool(header):
            raise damaged()
        header = header or bytes(chunk.content)
        chunks.add(chunk, previous)
        previous = chunk.name
    if not chunks.default:
        raise incomplete()
    color_type, depth = check_header(header)
    if color_type == PALETTE and not 3 <= len(chunks.once.get(b"PLTE", b"")) <= 768:
        raise damaged()
    key = key_of(color_type, depth, chunks.once.get(b"tRNS", b""))
    size, offset, pixels = frame_of(header, chunks)
    return Container(
        "PNG",
        file_of(size + header[8:], color_type, chunks, pixels),
        canvas=struct.unpack_from(">II", header),
        offset=offset,
        orientation=read_orientation(chunks.once.get(b"eXIf", b"")),
        icc_profile=chunks.icc_profile(),
        key=key,
        is_key_16_bit=depth == 16 and color_type == RGB,
    )


def walk(data: bytes) -> Iterator[Chunk]:
    """Yield chunks up to IEND. Where that is missing, the last one of pixels has to be whole."""
    view, at, has_pixels, budget = memoryview(data), 8, False, Budget(MAX_CHUNKS)
    while at + 8 <= len(data):
        name = data[at + 4 : at + 8]
        end = at + 8 + int.from_bytes(data[at : at + 4])
        if name == b"IEND":
            return
        is_pixels = name in {b"IDAT", b"fdAT"}
        if is_pixels and end - CHECKSUM <= len(data) < end + CHECKSUM:
            yield Chunk(name, view[at + 8 : end], None)
            return  # only checksums are cut off: the stream's own, and the chunk's
        if end + CHECKSUM > len(data) or not name.isalpha():
            if is_pixels or not has_pixels:
                raise incomplete()
            return  # pixels are whole
        budget.spend(0 if is_pixels else end - at)
        yield Chunk(name, view[at + 8 : end], is_sound(view, at, end, name))
        has_pixels = has_pixels or name == b"IDAT"
        at = end + CHECKSUM


def is_sound(view: memoryview, at: int, end: int, name: bytes) -> bool | None:
    """Compare the checksum. Raises `InvalidImage` where pixels depend on what is damaged."""
    if name not in CHECKED:
        return None
    is_equal = zlib.crc32(view[at + 4 : end]) == int.from_bytes(view[end : end + 4])
    if not is_equal and name in CRITICAL:
        raise damaged()
    return is_equal


def check_header(header: bytes) -> tuple[int, int]:
    """Return color type and depth. Raises `InvalidImage` for what PNG does not have."""
    width, height, depth, color_type, *methods = struct.unpack(">IIBBBBB", header)
    check_size(width, height)
    if depth not in DEPTHS.get(color_type, ()) or methods[:2] != [0, 0] or methods[2] > 1:
        raise damaged()
    return color_type, depth


def text_stream(content: bytes) -> bytes:
    """Return the compressed part of a zTXt or iTXt; a text as it is has none."""
    _, _, rest = content.partition(b"\0")
    if rest[:1] == b"\1":  # iTXt: a flag, a method, a language, a translated keyword
        return rest[2:].split(b"\0", 2)[-1]
    return rest[1:]


def key_of(color_type: int, depth: int, content: bytes) -> int | tuple[int, ...] | None:
    """Return the transparent color, in the samples that Pillow decodes to."""
    if color_type == GRAY and len(content) >= 2:
        value = int.from_bytes(content[:2]) % 2**depth
        return value if depth == 16 else value * 255 // (2**depth - 1)
    if color_type == RGB and len(content) >= 6:
        return tuple(value % 2**depth for value in struct.unpack_from(">HHH", content))
    return None


def frame_of(header: bytes, chunks: Chunks) -> tuple[bytes, tuple[int, int], list[memoryview]]:
    """Return size, offset and pixels of the first frame of an animation, else of the image.

    An animation that cannot be used is a still image, as in browsers.
    """
    still = header[:8], (0, 0), chunks.default
    count = int.from_bytes(chunks.once.get(b"acTL", b"")[:4])
    is_animated = 0 < count <= MAX_FRAME_COUNT and chunks.frame
    if not is_animated or len(chunks.controls[0]) < 26:
        return still
    width, height, x, y = struct.unpack_from(">IIII", chunks.controls[0], 4)
    canvas = struct.unpack_from(">II", header)
    if not width * height or x + width > canvas[0] or y + height > canvas[1]:
        return still
    return struct.pack(">II", width, height), (x, y), chunks.frame


def file_of(header: bytes, color_type: int, chunks: Chunks, pixels: list[memoryview]) -> bytes:
    """Return a PNG of these pixels. Its decoder does not look at their checksum."""
    parts = [SIGNATURE, written(b"IHDR", header)]
    if color_type == PALETTE:
        palette = chunks.once[b"PLTE"]
        parts.append(written(b"PLTE", palette[: len(palette) // 3 * 3]))
        if alphas := chunks.once.get(b"tRNS"):
            parts.append(written(b"tRNS", alphas[:256]))
    size = sum(map(len, pixels))
    parts += [struct.pack(">I", size), b"IDAT", *pixels, bytes(4), written(b"IEND", b"")]
    return b"".join(parts)


def written(name: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checksum
