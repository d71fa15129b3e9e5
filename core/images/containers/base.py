"""Shared by all containers: what a decoder needs of them, and their limits."""

from dataclasses import dataclass

from core.images.errors import InvalidImage

MAX_METADATA = 8 * 2**20  # bytes of a file without pixels; EXIF and XMP can reach megabytes
MAX_INFLATED = 4 * 2**20  # bytes of decompressed metadata: ICC profiles, texts
MAX_FRAMES = 2000
MAX_PIXELS = 40_000_000

Point = tuple[int, int]


@dataclass(frozen=True)
class Container:
    """What a decoder needs of a file, and what the file says about its pixels.

    `stream` is a file of the same format with nothing in it but the first frame. The frame is
    shown at `offset` on a transparent canvas, if there is a `canvas`. `transparent_color` is in
    the decoder's samples. If `orientation` is None, the decoder knows it. If the stream
    `lacks_end_marker`, only decoding shows whether pixels are missing.
    """

    format: str
    stream: bytes
    canvas: Point | None = None
    offset: Point = (0, 0)
    orientation: int | None = 1
    icc_profile: bytes | None = None
    transparent_color: int | tuple[int, ...] | None = None
    has_16_bit_samples: bool = False
    lacks_end_marker: bool = False


class Budget:
    """How many parts (segments, chunks, blocks, boxes) and bytes of metadata may follow."""

    def __init__(self, parts: int) -> None:
        self.parts = parts
        self.metadata = MAX_METADATA

    def spend(self, metadata: int = 0, *, parts: int = 1) -> None:
        """Subtract parts and bytes of metadata. Raises `InvalidImage` when none are left."""
        self.parts -= parts
        self.metadata -= metadata
        if self.parts < 0:
            raise InvalidImage("broken-image", "The image has too many parts.")
        if self.metadata < 0:
            raise InvalidImage("broken-image", "The image has too much metadata.")


def incomplete_error() -> InvalidImage:
    return InvalidImage("broken-image", "The image is incomplete.")


def damaged_error() -> InvalidImage:
    return InvalidImage("broken-image", "The image is damaged or incomplete.")


def check_size(width: int, height: int) -> None:
    """Raise `InvalidImage` for an image without pixels, or with too many."""
    if not width * height:
        raise damaged_error()
    if width * height > MAX_PIXELS:
        limit = f"At most {MAX_PIXELS // 1_000_000} megapixels are accepted."
        raise InvalidImage("too-many-pixels", limit)
