"""Pillow's decoders: what they may be given, what they raise, what they are to be asked for."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

# Without these two, Pillow would load all its decoders, to find some that it may never use.
from PIL import AvifImagePlugin, Image, WebPImagePlugin  # noqa: F401 -- registers WebP

from core.images.containers import MAX_PIXELS, Container
from core.images.containers.base import incomplete
from core.images.errors import InvalidImage
from core.images.orientation import read_orientation

logger = logging.getLogger(__name__)

# Reads as some pixels or other, also where the decoder waits for one of JPEG's restart markers.
FILLER = b"".join(bytes([*range(1, 255), 0xFF, marker]) for marker in range(0xD0, 0xD8))
MAX_PROGRESSIVE_CHECK = 4_000_000  # pixels, which take 24 MB

EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "AVIF": "avif"}

# Every worker has an image of its own, and the address space of many threads would be its limit.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1

# Pillow looks at the header before any decoding: above this it warns, above twice this it raises.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


@contextmanager
def translate_decoder_errors(*let_through: type[Exception]) -> Iterator[None]:
    """Raise `InvalidImage` for whatever a decoder raises: their errors are of every class.

    Exceptions of the classes in `let_through` are not theirs, such as the end of a time limit.
    """
    try:
        yield
    except (InvalidImage, *let_through):
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
    """Return the first frame, not yet decoded."""
    return Image.open(BytesIO(container.stream), formats=[container.format])


def check_end(container: Container) -> None:
    """Raise `InvalidImage` if pixels are missing where a file has no end.

    If nothing is missing, what follows makes no difference. Only the smallest scale is decoded,
    which is a fraction of the time; but a progressive file is decoded as a whole.
    """
    if not container.open_ended:
        return
    shown = []
    for more in (b"", FILLER):
        end = len(container.stream) - 2
        stream = container.stream[:end] + more + container.stream[end:]
        with Image.open(BytesIO(stream), formats=[container.format]) as image:
            is_progressive = "progressive" in image.info
            if is_progressive and image.width * image.height > MAX_PROGRESSIVE_CHECK:
                raise incomplete()
            image.draft(None, image.size if is_progressive else (1, 1))
            shown.append(image.tobytes())
    if shown[0] != shown[1]:
        raise incomplete()


def orientation_of(container: Container, image: Image.Image) -> int:
    if container.orientation is None:
        return read_orientation(image.info.get("exif", b""))
    return container.orientation
