"""JPEG: segments up to the first scan. Further images in the file (MPO) are ignored."""

import re

from core.images.containers.base import (
    Budget,
    Container,
    check_size,
    damaged_error,
    incomplete_error,
)
from core.images.errors import InvalidImage, UnsupportedFormat
from core.images.orientation import read_orientation

MAX_SEGMENTS = 1000  # a profile or XMP of 8 MB has 128; no known file has 200
MAX_TABLES = 2**16  # bytes; a decoder's tables have less than 4 KB together
MAX_SCANS = 100  # a decoder passes over all pixels in each; progressive files have about ten
MAX_FILL = 1000  # bytes of 0xFF before a marker

START, END = b"\xff\xd8", b"\xff\xd9"
SCAN, COMMENT = 0xDA, 0xFE
HUFFMAN_TABLES, QUANTIZATION_TABLES, RESTART_INTERVAL = 0xC4, 0xDB, 0xDD
APP0, APP1, APP2, APP14 = 0xE0, 0xE1, 0xE2, 0xEE
STANDALONE_MARKERS = {0x00, 0x01, 0xD8, *range(0xD0, 0xD8)}
BASELINE, EXTENDED, PROGRESSIVE = FRAMES = 0xC0, 0xC1, 0xC2
REJECTED_FRAMES = {
    **dict.fromkeys((0xC3, 0xC7, 0xCB, 0xCF), "Lossless JPEG"),
    **dict.fromkeys((0xC5, 0xC6, 0xCD, 0xCE, 0xDE), "Hierarchical JPEG"),
    **dict.fromkeys((0xC9, 0xCA, 0xCC), "Arithmetic-coded JPEG"),
    0xF7: "JPEG-LS",
}
NUMBERED_PROFILE = re.compile(rb"ICC_PROFILE\0(.)(.)(.*)", re.DOTALL)


class Segments:
    """What is needed of the segments before the first scan."""

    def __init__(self) -> None:
        self.tables: list[bytes] = []
        self.frame = b""
        self.is_progressive = False
        self.exif: list[bytes] = []
        self.profile: list[tuple[bytes, bytes, bytes]] = []

    def add(self, marker: int, content: bytes, segment: bytes) -> None:
        """Keep what is needed of a segment. Raises `InvalidImage`."""
        if marker in REJECTED_FRAMES:
            raise unsupported_error(REJECTED_FRAMES[marker])
        if marker in FRAMES:
            if self.frame:
                raise damaged_error()
            self.frame = content
            self.is_progressive = marker == PROGRESSIVE
        if affects_pixels(marker, content):
            self.tables.append(segment)
        elif marker == APP1 and content.startswith(b"Exif\0\0"):
            self.exif.append(content[6:])
        elif marker == APP2 and (match := NUMBERED_PROFILE.match(content)):
            self.profile.append((match[1], match[2], match[3]))

    def icc_profile(self) -> bytes | None:
        """Return the profile if it has all its parts, in whatever order."""
        parts = sorted(self.profile)
        numbers = [number for number, _, _ in parts]
        if not parts or numbers != [bytes([index]) for index in range(1, parts[0][1][0] + 1)]:
            return None
        return b"".join(content for _, _, content in parts)


def read_jpeg(data: bytes) -> Container:
    """Return the first image without its metadata. Raises `InvalidImage`."""
    segments, budget, at = Segments(), Budget(MAX_SEGMENTS), 2
    while True:
        start, marker = next_marker(data, at)
        if marker == END[1]:
            raise incomplete_error()
        end = start + 2
        if marker not in STANDALONE_MARKERS:
            size = int.from_bytes(data[end : end + 2])
            end += size
            if size < 2:
                raise damaged_error()
        if end > len(data):
            raise incomplete_error()
        budget.spend(end - at)
        if marker == SCAN:
            break
        segments.add(marker, data[start + 4 : end], data[start:end])
        at = end
    check_frame(segments.frame)
    if sum(map(len, segments.tables)) > MAX_TABLES:
        raise damaged_error()
    if data[start + 4] < segments.frame[5] or segments.is_progressive:
        check_scans(data, start)
    has_end = data.rfind(END, start) >= 0  # nearly always the last two bytes
    if not has_end and segments.is_progressive and not has_all_scans(data, start, segments.frame):
        raise incomplete_error()
    scans = memoryview(data)[start:]
    return Container(
        "JPEG",
        b"".join([START, *segments.tables, scans, b"" if has_end else END]),
        orientation=read_orientation(b"".join(segments.exif)),
        icc_profile=segments.icc_profile(),
        lacks_end_marker=not has_end,
    )


def next_marker(data: bytes, at: int) -> tuple[int, int]:
    """Return the offset and code of the next marker. Decoders skip anything before it."""
    start = data.find(b"\xff", at)
    if start < 0:
        raise incomplete_error()
    fill = data[start : start + MAX_FILL]
    start += len(fill) - len(fill.lstrip(b"\xff")) - 1
    if data[start + 1] == 0xFF:
        raise damaged_error()
    return start, data[start + 1]


def affects_pixels(marker: int, content: bytes) -> bool:
    """Check whether decoding depends on a segment: JFIF and Adobe define the color space."""
    if marker == APP0:
        return content.startswith(b"JFIF\0") and len(content) >= 14
    if marker == APP14:
        return content.startswith(b"Adobe") and len(content) >= 12
    return marker in {HUFFMAN_TABLES, QUANTIZATION_TABLES, RESTART_INTERVAL, *FRAMES}


def check_frame(frame: bytes) -> None:
    """Raise `InvalidImage` for a frame header that Pillow cannot decode."""
    if len(frame) < 6:
        raise damaged_error()
    if frame[0] != 8:
        raise unsupported_error(f"{frame[0]}-bit JPEG") if frame[0] in {12, 16} else damaged_error()
    check_size(int.from_bytes(frame[3:5]), int.from_bytes(frame[1:3]))
    if frame[5] not in {1, 3, 4}:
        raise damaged_error()


def check_scans(data: bytes, start: int) -> None:
    """Raise `InvalidImage` for too many scans."""
    end = data.find(END, start)
    if data.count(bytes([0xFF, SCAN]), start, len(data) if end < 0 else end) > MAX_SCANS:
        raise InvalidImage("broken-image", "The image has too many parts.")


def has_all_scans(data: bytes, start: int, frame: bytes) -> bool:
    """Check that the scans of a progressive image complete every coefficient."""
    missing = {(component, end) for component in frame[6::3] for end in (0, 63)}
    while start >= 0:
        count = data[start + 4]
        components = data[start + 5 : start + 5 + 2 * count : 2]
        first, last, bits = data[start + 5 + 2 * count :][:3].ljust(3, b"\xff")
        if not bits & 15:
            missing -= {(component, end) for component in components for end in (first, last)}
        start = data.find(bytes([0xFF, SCAN]), start + 2)
    return not missing


def unsupported_error(name: str) -> UnsupportedFormat:
    detail = f"{name} files are not accepted; baseline and progressive JPEG are."
    return UnsupportedFormat("unsupported-media-type", detail)
