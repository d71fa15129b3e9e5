"""Pillow's decoders: their limits, their errors, and whether they reach the end of a file."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

# Without these imports, Pillow would load all its decoders to find those of WebP and AVIF.
from PIL import AvifImagePlugin, Image, WebPImagePlugin  # noqa: F401 -- registers WebP

from core.images.containers import MAX_PIXELS, Container
from core.images.containers.base import incomplete_error
from core.images.errors import InvalidImage
from core.images.orientation import read_orientation

logger = logging.getLogger(__name__)

# Decodes as some pixels or other, also where the decoder expects one of JPEG's restart markers.
TRUNCATION_PADDING = b"".join(bytes([*range(1, 255), 0xFF, marker]) for marker in range(0xD0, 0xD8))
MAX_PROGRESSIVE_CHECK = 4_000_000  # pixels, which take 24 MB

EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "AVIF": "avif"}

# A worker process renders one image; many threads would exhaust its address space.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1

# Pillow checks the header before any decoding: above this it warns, above twice this it raises.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


@contextmanager
def translate_decoder_errors(*propagated: type[Exception]) -> Iterator[None]:
    """Raise `InvalidImage` for whatever a decoder raises: their errors are of every class.

    `propagated` exceptions are not theirs, such as a soft time limit.
    """
    passed: tuple[type[Exception], ...] = (InvalidImage, *propagated)
    try:
        yield
    except passed:
        raise
    except Image.DecompressionBombError as error:
        limit = f"At most {MAX_PIXELS // 1_000_000} megapixels are accepted."
        raise InvalidImage("too-many-pixels", limit) from error
    except MemoryError as error:
        raise InvalidImage("too-large-to-decode", "Decoding takes too much memory.") from error
    except Exception as error:
        logger.info("A decoder failed: %r", error)
        raise InvalidImage("broken-image", "The image is damaged or incomplete.") from error


def open_container(container: Container) -> Image.Image:
    """Open the first frame without decoding it."""
    return Image.open(BytesIO(container.stream), formats=[container.format])


def check_truncation(container: Container) -> None:
    """Raise `InvalidImage` if pixels are missing from a file without an end marker.

    If none are, appended data makes no difference. Only the smallest scale is decoded, which
    takes a fraction of the time; but a progressive file is decoded as a whole.
    """
    if not container.lacks_end_marker:
        return
    decoded = []
    for appended in (b"", TRUNCATION_PADDING):
        end = len(container.stream) - 2
        stream = container.stream[:end] + appended + container.stream[end:]
        with Image.open(BytesIO(stream), formats=[container.format]) as image:
            is_progressive = "progressive" in image.info
            if is_progressive and image.width * image.height > MAX_PROGRESSIVE_CHECK:
                raise incomplete_error()
            image.draft(None, image.size if is_progressive else (1, 1))
            decoded.append(image.tobytes())
    if decoded[0] != decoded[1]:
        raise incomplete_error()


def orientation_of(container: Container, image: Image.Image) -> int:
    """Return the EXIF orientation, which only the decoder knows for AVIF."""
    if container.orientation is None:
        return read_orientation(image.info.get("exif", b""))
    return container.orientation
