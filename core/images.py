"""Pixels: bytes in, bytes out. Knows no model and no storage."""

import struct
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from PIL import ExifTags, Image, ImageCms, ImageOps

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
OTHER_PICTURES = {
    b"BM": "BMP",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"8BPS": "PSD",
    b"%!PS": "EPS",
    b"<svg": "SVG",
    b"\x00\x00\x01\x00": "ICO",
    b"\x00\x00\x00\x0cjP": "JPEG 2000",
}
MAX_PIXELS = 40_000_000
RECIPE = "1"  # part of every rendition's name: raise it when `render` gives other bytes

# Pillow looks at the header before any decoding: above this it warns, and the warning is an error.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

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
SRGB = ImageCms.createProfile("sRGB")


class UnusableImage(ValueError):
    """Not a picture that we take, or a broken one. `code` is stable, the message is a sentence."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


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
    """WebP files by name, each within its box, and a ThumbHash in base64."""

    files: Mapping[str, bytes]
    placeholder: str


def inspect(file: BinaryIO) -> Header:
    """Read a picture's header, and check its structure without decoding a pixel.

    Raises `UnusableImage`. The file is left at its start.
    """
    with opened(file) as image:
        width, height = image.size
        if lies_on_its_side(image):
            width, height = height, width
        header = Header(EXTENSIONS[image.format], width, height)
        if image.format in {"JPEG", "MPO"}:
            require_jpeg_end(file)
        else:
            image.verify()
    file.seek(0)
    return header


def render(file: BinaryIO, boxes: Mapping[str, int]) -> Renditions:
    """Decode once, and give a WebP for each box (longer side in pixels, never upscaled).

    Upright, in sRGB, alpha kept, the first frame of an animation, and no metadata at all.
    Raises `UnusableImage`.
    """
    with opened(file) as image:
        largest = max(boxes.values())
        image.draft(None, (largest, largest))  # a JPEG decodes straight to a smaller size
        picture = in_srgb(upright(shrunk(image, largest)))
    files = {}
    for name, box in sorted(boxes.items(), key=lambda item: -item[1]):
        picture = shrunk(picture, box)
        files[name] = as_webp(picture)
    return Renditions(files, thumbhash(shrunk(picture, 32).convert("RGBA")))


@contextmanager
def opened(file: BinaryIO) -> Iterator[Image.Image]:
    """Open a picture; what a decoder raises on broken bytes becomes `UnusableImage`."""
    file.seek(0)
    try:
        with Image.open(file, formats=DECODERS) as image:
            yield image
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        limit = f"At most {MAX_PIXELS // 1_000_000} megapixels are taken."
        raise UnusableImage("too-many-pixels", limit) from error
    except Image.UnidentifiedImageError as error:
        raise unidentified(file) from error
    except UnusableImage:
        raise
    except MemoryError as error:
        raise UnusableImage("too-large-to-decode", "Decoding takes too much memory.") from error
    except DECODER_ERRORS as error:
        raise UnusableImage("broken-image", "The picture is damaged or incomplete.") from error


def unidentified(file: BinaryIO) -> UnusableImage:
    """Tell a kind of picture that we do not take from something that is no picture."""
    file.seek(0)
    start = file.read(32)
    kind = next((kind for magic, kind in OTHER_PICTURES.items() if start.startswith(magic)), None)
    if start[4:8] == b"ftyp" and start[8:12] in {b"heic", b"heix", b"mif1", b"hevc"}:
        kind = "HEIC"
    taken = "JPEG, PNG, WebP, GIF and AVIF are taken"
    if kind:
        return UnsupportedImage("unsupported-media-type", f"This is a {kind} file; {taken}.")
    return UnusableImage("unreadable-image", f"This is not a picture that can be read; {taken}.")


def lies_on_its_side(image: Image.Image) -> bool:
    """Read the orientation from the header alone; `getexif` might decode pixels to find it."""
    exif = Image.Exif()
    exif.load(image.info.get("exif", b""))
    return exif.get(ExifTags.Base.Orientation) in {5, 6, 7, 8}


def require_jpeg_end(file: BinaryIO) -> None:
    """Refuse a JPEG that was cut off: behind its first scan there must be an end marker.

    Segments are skipped by their lengths, because an embedded preview has an end marker too.
    """
    file.seek(0)
    data = memoryview(file.read())
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        at += 2 + int.from_bytes(data[at + 2 : at + 4]) if data[at + 1] != 0xFF else 1
    if bytes(data[at:]).find(b"\xff\xd9") < 0:
        raise UnusableImage("broken-image", "The picture is incomplete.")


def shrunk(image: Image.Image, box: int) -> Image.Image:
    """Fit a picture into a square box of this many pixels; one that fits is left alone."""
    if max(image.size) <= box:
        return image
    image = smooth(image)
    scale = box / max(image.size)
    size = tuple(max(1, round(side * scale)) for side in image.size)
    smaller = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    smaller.info = image.info
    return smaller


def smooth(image: Image.Image) -> Image.Image:
    """Give a mode whose values can be averaged: palettes become colors, 16 bits become 8."""
    match image.mode:
        case "P" | "PA":
            return image.convert("RGBA")
        case "1":
            return image.convert("L")
        case "I;16" | "I;16B" | "I":
            return image.point(lambda value: value / 256).convert("L")  # `convert` alone clips
        case _:
            return image


def upright(image: Image.Image) -> Image.Image:
    return ImageOps.exif_transpose(image)


def in_srgb(image: Image.Image) -> Image.Image:
    """Convert to RGB or RGBA in sRGB, through the embedded profile where it is sound."""
    image = smooth(image)
    has_alpha = image.has_transparency_data
    alpha = image.convert("RGBA").getchannel("A") if has_alpha else None
    if has_alpha:
        image = image.convert("L" if image.mode == "LA" else "RGB")
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(image.info["icc_profile"]))
        converted = ImageCms.profileToProfile(image, profile, SRGB, outputMode="RGB")
    except (KeyError, OSError, ImageCms.PyCMSError):
        converted = image.convert("RGB")
    if alpha is not None:
        converted.putalpha(alpha)
    return converted


def as_webp(image: Image.Image) -> bytes:
    """Encode the pixels and nothing else."""
    bare = image.copy()
    bare.info = {}
    output = BytesIO()
    bare.save(output, "WEBP", quality=82, method=4)
    return output.getvalue()
