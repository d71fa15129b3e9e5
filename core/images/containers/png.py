"""PNG and APNG: chunks. Only those that affect pixels and colors reach the decoder."""

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
    damaged_error,
    incomplete_error,
)
from core.images.errors import InvalidImage
from core.images.orientation import read_orientation

CHECKSUM = 4  # bytes
MAX_FRAME_COUNT = 2**31 - 1
MAX_CHUNKS = 10_000  # encoders write IDATs of 8 KB: 1,200 in 10 MB
SIGNATURE = b"\x89PNG\r\n\x1a\n"
GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
DEPTHS = {
    GRAY: {1, 2, 4, 8, 16},
    RGB: {8, 16},
    PALETTE: {1, 2, 4, 8},
    GRAY_ALPHA: {8, 16},
    RGBA: {8, 16},
}
UNIQUE_CHUNKS = {b"PLTE", b"tRNS", b"iCCP", b"cICP", b"sRGB", b"gAMA", b"cHRM", b"eXIf", b"acTL"}
CRITICAL = {b"IHDR", b"PLTE", b"IDAT"}
CHECKSUMMED_CHUNKS = UNIQUE_CHUNKS | CRITICAL


class Chunk(NamedTuple):
    name: bytes
    content: memoryview
    has_valid_checksum: bool | None  # None: not checked


class Chunks:
    """What is needed of the chunks: single ones, and the pixels of two images."""

    def __init__(self) -> None:
        self.once: dict[bytes, bytes] = {}
        self.default: list[memoryview] = []
        self.frame: list[memoryview] = []
        self.controls: list[bytes] = []  # fcTL, one for each frame so far
        self.inflated = 0

    def add(self, chunk: Chunk, previous: bytes) -> None:
        """Keep what is needed of a chunk. Raises `InvalidImage`."""
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
                self.inflate(compressed_text(bytes(chunk.content)))
            case name if self.default and name != b"eXIf":
                pass  # decoders ignore such chunks after the pixels
            case name if name in UNIQUE_CHUNKS and chunk.has_valid_checksum:
                self.once.setdefault(name, bytes(chunk.content))

    def inflate(self, stream: bytes) -> bytes | None:
        """Decompress metadata within the limit; None if damaged. Raises `InvalidImage`."""
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
        """Return the ICC profile: as in browsers, of the first of cICP, iCCP, sRGB and gAMA."""
        if profile := cicp_profile(*self.once.get(b"cICP", b"")[:2]):
            return profile
        if b"iCCP" in self.once:
            return self.inflate(self.once[b"iCCP"].partition(b"\0")[2][1:])
        if b"sRGB" in self.once:
            return None
        return gamma_profile(self.once.get(b"gAMA", b""), self.once.get(b"cHRM", b""))


def read_png(data: bytes) -> Container:
    """Return the still image or the first frame. Raises `InvalidImage`."""
    header, chunks, previous = b"", Chunks(), b""
    for chunk in iter_chunks(data):
        if (chunk.name == b"IHDR") == bool(header):
            raise damaged_error()
        header = header or bytes(chunk.content)
        chunks.add(chunk, previous)
        previous = chunk.name
    if not chunks.default:
        raise incomplete_error()
    color_type, depth = check_header(header)
    if color_type == PALETTE and not 3 <= len(chunks.once.get(b"PLTE", b"")) <= 768:
        raise damaged_error()
    color = transparent_color(color_type, depth, chunks.once.get(b"tRNS", b""))
    size, offset, pixels = first_frame(header, chunks)
    return Container(
        "PNG",
        build_png(size + header[8:], color_type, chunks, pixels),
        canvas=struct.unpack_from(">II", header),
        offset=offset,
        orientation=read_orientation(chunks.once.get(b"eXIf", b"")),
        icc_profile=chunks.icc_profile(),
        transparent_color=color,
        has_16_bit_samples=depth == 16 and color_type == RGB,
    )


def iter_chunks(data: bytes) -> Iterator[Chunk]:
    """Yield chunks up to IEND. If that is missing, the last chunk of pixels must be complete."""
    view, at, has_pixels, budget = memoryview(data), 8, False, Budget(MAX_CHUNKS)
    while at + 8 <= len(data):
        name = data[at + 4 : at + 8]
        end = at + 8 + int.from_bytes(data[at : at + 4])
        if name == b"IEND":
            return
        is_pixels = name in {b"IDAT", b"fdAT"}
        if is_pixels and end - CHECKSUM <= len(data) < end + CHECKSUM:
            yield Chunk(name, view[at + 8 : end], None)
            return  # only checksums are cut off: of the stream and of the chunk
        if end + CHECKSUM > len(data) or not name.isalpha():
            if is_pixels or not has_pixels:
                raise incomplete_error()
            return  # pixels are complete
        budget.spend(0 if is_pixels else end - at)
        yield Chunk(name, view[at + 8 : end], check_checksum(view, at, end, name))
        has_pixels = has_pixels or name == b"IDAT"
        at = end + CHECKSUM


def check_checksum(view: memoryview, at: int, end: int, name: bytes) -> bool | None:
    """Return whether a checksum is valid, None if unchecked. Raises `InvalidImage` for pixels."""
    if name not in CHECKSUMMED_CHUNKS:
        return None
    is_valid = zlib.crc32(view[at + 4 : end]) == int.from_bytes(view[end : end + 4])
    if not is_valid and name in CRITICAL:
        raise damaged_error()
    return is_valid


def check_header(header: bytes) -> tuple[int, int]:
    """Return color type and bit depth. Raises `InvalidImage` for undefined values."""
    width, height, depth, color_type, *methods = struct.unpack(">IIBBBBB", header)
    check_size(width, height)
    if depth not in DEPTHS.get(color_type, ()) or methods[:2] != [0, 0] or methods[2] > 1:
        raise damaged_error()
    return color_type, depth


def compressed_text(content: bytes) -> bytes:
    """Return the compressed part of a zTXt or iTXt chunk, empty if uncompressed."""
    _, _, rest = content.partition(b"\0")
    if rest[:1] == b"\1":  # iTXt: a flag, a method, a language, a translated keyword
        return rest[2:].split(b"\0", 2)[-1]
    return rest[1:]


def transparent_color(color_type: int, depth: int, content: bytes) -> int | tuple[int, ...] | None:
    """Return the transparent color in the samples that Pillow decodes to."""
    if color_type == GRAY and len(content) >= 2:
        value = int.from_bytes(content[:2]) % 2**depth
        return value if depth == 16 else value * 255 // (2**depth - 1)
    if color_type == RGB and len(content) >= 6:
        return tuple(value % 2**depth for value in struct.unpack_from(">HHH", content))
    return None


def first_frame(header: bytes, chunks: Chunks) -> tuple[bytes, tuple[int, int], list[memoryview]]:
    """Return size, offset and pixels of the first frame of an animation, or of the still image.

    A damaged animation is a still image, as in browsers.
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


def build_png(header: bytes, color_type: int, chunks: Chunks, pixels: list[memoryview]) -> bytes:
    """Return a PNG of these pixels. Their checksum is left out: Pillow does not check it."""
    parts: list[bytes | memoryview] = [SIGNATURE, encode_chunk(b"IHDR", header)]
    if color_type == PALETTE:
        palette = chunks.once[b"PLTE"]
        parts.append(encode_chunk(b"PLTE", palette[: len(palette) // 3 * 3]))
        if alphas := chunks.once.get(b"tRNS"):
            parts.append(encode_chunk(b"tRNS", alphas[:256]))
    size = sum(map(len, pixels))
    parts += [struct.pack(">I", size), b"IDAT", *pixels, bytes(4), encode_chunk(b"IEND", b"")]
    return b"".join(parts)


def encode_chunk(name: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checksum
