"""Pillow, with the formats that are accepted, its limits, and its errors translated."""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

# Without these two, Pillow would load all its decoders, to find some that it may never use.
from PIL import AvifImagePlugin, Image, WebPImagePlugin  # noqa: F401 -- registers the decoder

from core.images.errors import InvalidImage, UnsupportedFormat
from core.images.signatures import sniff_rejected_format

# No other decoder ever sees a client's bytes. MPO is a JPEG with more images behind it.
EXTENSIONS = {
    "JPEG": "jpg",
    "MPO": "jpg",
    "PNG": "png",
    "WEBP": "webp",
    "GIF": "gif",
    "AVIF": "avif",
}
ACCEPTED_FORMATS = [name for name in EXTENSIONS if name != "MPO"]  # Pillow opens it as a JPEG
MAX_PIXELS = 40_000_000

# Every worker has an image of its own, and the address space of many threads would be its limit.
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


@contextmanager
def open_image(file: BinaryIO) -> Iterator[Image.Image]:
    """Open an image. Errors raised for its bytes or its size become `InvalidImage`."""
    file.seek(0)
    try:
        with Image.open(file, formats=ACCEPTED_FORMATS) as image:
            yield image
    except Image.DecompressionBombError as error:
        limit = f"At most {MAX_PIXELS // 1_000_000} megapixels are accepted."
        raise InvalidImage("too-many-pixels", limit) from error
    except Image.UnidentifiedImageError as error:
        raise identification_error(file) from error
    except InvalidImage:
        raise
    except MemoryError as error:
        raise InvalidImage("too-large-to-decode", "Decoding takes too much memory.") from error
    except DECODER_ERRORS as error:
        raise InvalidImage("broken-image", "The image is damaged or incomplete.") from error


def identification_error(file: BinaryIO) -> InvalidImage:
    """Return the error for a file that is an image in another format, or no image at all."""
    file.seek(0)
    accepted = "JPEG, PNG, WebP, GIF and AVIF are accepted"
    if name := sniff_rejected_format(file.read(1024)):
        detail = f"{name} files are not accepted; {accepted}."
        return UnsupportedFormat("unsupported-media-type", detail)
    return InvalidImage("unreadable-image", f"This is not an image that can be read; {accepted}.")
