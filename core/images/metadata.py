"""Metadata of an image, read without decoding its pixels."""

from dataclasses import dataclass
from typing import Protocol

from core.images.containers import read_container
from core.images.decoding import (
    EXTENSIONS,
    check_truncation,
    open_container,
    orientation_of,
    translate_decoder_errors,
)
from core.images.orientation import SWAPS_SIDES


class BinaryFile(Protocol):
    """An open file of Python's or Django's."""

    def seek(self, offset: int, /) -> object: ...

    def read(self) -> bytes: ...


@dataclass(frozen=True)
class ImageMetadata:
    """The file extension, and the display size in pixels: with the EXIF orientation applied."""

    extension: str
    width: int
    height: int


def read_metadata(file: BinaryFile) -> ImageMetadata:
    """Check an image's structure, and return what its header says.

    The file is rewound afterwards. Raises `InvalidImage`.
    """
    file.seek(0)
    with translate_decoder_errors():
        container = read_container(file.read())
        check_truncation(container)
        with open_container(container) as image:
            width, height = container.canvas or image.size
            if orientation_of(container, image) in SWAPS_SIDES:
                width, height = height, width
    file.seek(0)
    return ImageMetadata(EXTENSIONS[container.format], width, height)
