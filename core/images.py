"""Pixels: bytes in, bytes out. Knows no model and no storage."""

import struct
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

# Without these two, Pillow would load all its decoders, to find some that we never let it use.
from PIL import AvifImagePlugin, ExifTags, Image, WebPImagePlugin  # noqa: F401

from core import formats
from core.colors import in_srgb, smooth
from core.thumbhash import thumbhash

# No other decoder ever sees a client's bytes. MPO is a JPEG with more pictures behind it.
EXTENSIONS = {
    "JPEG": "jpg",
    "MPO": "jpg",
    "PNG": "png",
    "WEBP": "webp",
    "GIF": "gif",
    "AVIF": "avif",
}
DECODERS = [name for name in EXTENSIONS if name != "MPO"]  # which Pillow opens through JPEG
MAX_PIXELS = 40_000_000
RECIPE = "2"  # part of every rendition's name: raise it when `render` gives other bytes
# What renditions may be encoded as, equally good by PSNR: AVIF is a third smaller, and takes
# seven times as long.
ENCODERS = {
    "WEBP": {"quality": 82, "method": 2},
    "AVIF": {"quality": 55, "speed": 7},
}
# Every worker has a picture of its own, and the address space of many threads would be its limit.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1

# Pillow looks at the header before any decoding: above this it warns, above twice this it raises.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

# What Pillow's decoders are known to raise on broken bytes.
DECODER_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    struct.error,
)
Turn = Image.Transpose
TURNS = {  # what makes a picture upright, by its EXIF orientation
    2: Turn.FLIP_LEFT_RIGHT,
    3: Turn.ROTATE_180,
    4: Turn.FLIP_TOP_BOTTOM,
    5: Turn.TRANSPOSE,
    6: Turn.ROTATE_270,
    7: Turn.TRANSVERSE,
    8: Turn.ROTATE_90,
}
SIDEWAYS = {TURNS[orientation] for orientation in (5, 6, 7, 8)}


class UnusableImage(ValueError):
    """Not a picture that we take, or a broken one. `code` is stable, the message is a sentence."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)  # both, because a worker pickles an error by these
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


class UnsupportedImage(UnusableImage):
    """A picture, but of a kind that we do not take."""


@dataclass(frozen=True)
class Header:
    """What a picture says of itself: a file extension, and its upright size in pixels."""

    extension: str
    width: int
    height: int


@dataclass(frozen=True)
class Renditions:
    """Files by name, each within its box, and a ThumbHash in base64."""

    files: Mapping[str, bytes]
    placeholder: str


def inspect(file: BinaryIO) -> Header:
    """Read a picture's header, and check its structure without decoding a pixel.

    Raises `UnusableImage`. The file is left at its start.
    """
    with opened(file) as image:
        width, height = reversed(image.size) if turn_of(image) in SIDEWAYS else image.size
        header = Header(EXTENSIONS[image.format], width, height)
        image.verify()
        file.seek(0)
        if not formats.is_complete(image.format, file.read()):
            raise UnusableImage("broken-image", "The picture is incomplete.")
    file.seek(0)
    return header


def render(file: BinaryIO, boxes: Mapping[str, int], kind: str = "WEBP") -> Renditions:
    """Decode once, and give a picture for each box (longer side in pixels, never upscaled).

    Upright, in sRGB, alpha kept, the first frame of an animation, and no metadata at all;
    encoded as `kind`, one of `ENCODERS`. Raises `UnusableImage`.
    """
    with opened(file) as image:
        largest = max(boxes.values())
        turn = turn_of(image)
        image.draft(None, (largest, largest))  # a JPEG decodes straight to a smaller size
        picture = shrunk(image, largest)
        picture = in_srgb(picture if turn is None else picture.transpose(turn))
        files, encoded = {}, {}
        for name, box in sorted(boxes.items(), key=lambda item: -item[1]):
            picture = shrunk(picture, box)
            if picture.size not in encoded:  # a small picture fits several boxes as it is
                encoded[picture.size] = encode(picture, kind)
            files[name] = encoded[picture.size]
        return Renditions(files, thumbhash(shrunk(picture, 32).convert("RGBA")))


@contextmanager
def opened(file: BinaryIO) -> Iterator[Image.Image]:
    """Open a picture; what is raised for its broken bytes, or size, becomes `UnusableImage`."""
    file.seek(0)
    try:
        with Image.open(file, formats=DECODERS) as image:
            yield image
    except Image.DecompressionBombError as error:
        limit = f"At most {MAX_PIXELS // 1_000_000} megapixels are taken."
        raise UnusableImage("too-many-pixels", limit) from error
    except Image.UnidentifiedImageError as error:
        raise unidentified(file) from error
    except UnusableImage:
        raise
    except MemoryError as error:
        raise UnusableImage("too-large-to-decode", "It takes too much memory.") from error
    except DECODER_ERRORS as error:
        raise UnusableImage("broken-image", "The picture is damaged or incomplete.") from error


def unidentified(file: BinaryIO) -> UnusableImage:
    """Tell a kind of picture that we do not take from something that is no picture."""
    file.seek(0)
    taken = "JPEG, PNG, WebP, GIF and AVIF are taken"
    if kind := formats.untaken_kind(file.read(1024)):
        return UnsupportedImage("unsupported-media-type", f"{kind} files are not taken; {taken}.")
    return UnusableImage("unreadable-image", f"This is not a picture that can be read; {taken}.")


def turn_of(image: Image.Image) -> Turn | None:
    """Read from the EXIF in the header how the picture has to be turned.

    Like a browser, it takes damaged EXIF for none, and no other word for it (XMP) at all.
    """
    exif = Image.Exif()
    try:
        exif.load(image.info.get("exif", b""))
        return TURNS.get(exif.get(ExifTags.Base.Orientation))
    except DECODER_ERRORS:
        return None


def shrunk(image: Image.Image, box: int) -> Image.Image:
    """Fit a picture into a square box of this many pixels; one that fits is left alone."""
    if max(image.size) <= box:
        return image
    image = smooth(image)
    scale = box / max(image.size)
    size = tuple(max(1, round(side * scale)) for side in image.size)
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def encode(image: Image.Image, kind: str) -> bytes:
    """Encode the pixels and nothing else."""
    bare = image.copy()
    bare.info = {}
    output = BytesIO()
    bare.save(output, kind, **ENCODERS[kind])
    return output.getvalue()
