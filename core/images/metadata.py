"""What an image says about itself, without decoding a pixel."""

from dataclasses import dataclass
from typing import BinaryIO

from core.images.decoding import EXTENSIONS, open_image
from core.images.errors import InvalidImage
from core.images.orientation import display_size
from core.images.signatures import is_complete


@dataclass(frozen=True)
class ImageMetadata:
    """A file extension, and the display size in pixels: with the EXIF orientation applied."""

    extension: str
    width: int
    height: int


def read_metadata(file: BinaryIO) -> ImageMetadata:
    """Read an image's header, and check its structure without decoding a pixel.

    Raises `InvalidImage`. The file is left at its start.
    """
    with open_image(file) as image:
        metadata = ImageMetadata(EXTENSIONS[image.format], *display_size(image))
        image.verify()
        file.seek(0)
        if not is_complete(image.format, file.read()):
            raise InvalidImage("broken-image", "The image is incomplete.")
    file.seek(0)
    return metadata
