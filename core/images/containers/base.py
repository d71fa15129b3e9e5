"""What all containers share: what is read of them, and how much they may hold."""

from dataclasses import dataclass

from core.images.errors import InvalidImage

MAX_METADATA = 8 * 2**20  # bytes of a file that are no pixels; EXIF and XMP can reach megabytes
MAX_INFLATED = 4 * 2**20  # bytes of what is compressed beside the pixels: ICC profiles, texts
MAX_FRAMES = 2000
MAX_PIXELS = 40_000_000

Point = tuple[int, int]


@dataclass(frozen=True)
class Container:
    """What the decoder needs of a file, and what the file says about its pixels.

    `stream` is a file of the same format with nothing in it but the first frame. The frame is
    shown at `offset` on a transparent canvas, if there is a `canvas`. `key` is the one color, in
    samples of the decoder, that is transparent. Without an `orientation` the decoder knows it.
    Whether pixels are missing in an `open_ended` stream, only decoding can tell.
    """

    format: str
    stream: bytes
    canvas: Point | None = None
    offset: Point = (0, 0)
    orientation: int | None = 1
    icc_profile: bytes | None = None
    key: int | tuple[int, ...] | None = None
    is_key_16_bit: bool = False
    open_ended: bool = False


class Budget:
    """The number of parts (segments, chunks, blocks, boxes) and of metadata that are left."""

    def __init__(self, parts: int) -> None:
        self.parts = parts
        self.metadata = MAX_METADATA

    def spend(self, metadata: int = 0, *, parts: int = 1) -> None:
        """Count a part of a file. Raises `InvalidImage` when there are too many."""
        self.parts -= parts
        self.metadata -= metadata
        if self.parts < 0:
            raise InvalidImage("broken-image", "The image has too many parts.")
        if self.metadata < 0:
            raise InvalidImage("broken-image", "The image has too much metadata.")


def incomplete() -> InvalidImage:
    return InvalidImage("broken-image", "The image is incomplete.")


def damaged() -> InvalidImage:
    return InvalidImage("broken-image", "The image is damaged or incomplete.")


def check_size(width: int, height: int) -> None:
    """Raise `InvalidImage` for no pixels, and for too many."""
    if not width * height:
        raise damaged()
    if width * height > MAX_PIXELS:
        limit = f"At most {MAX_PIXELS // 1_000_000} megapixels are accepted."
        raise InvalidImage("too-many-pixels", limit)
