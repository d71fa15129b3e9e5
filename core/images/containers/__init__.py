"""Containers of images, parsed within limits before a decoder sees a byte of them."""

import struct

from core.images.containers.avif import read_avif
from core.images.containers.base import MAX_PIXELS, Container, incomplete_error
from core.images.containers.gif import read_gif
from core.images.containers.jpeg import read_jpeg
from core.images.containers.png import read_png
from core.images.containers.webp import read_webp
from core.images.errors import InvalidImage, UnsupportedFormat
from core.images.signatures import sniff_accepted_format, sniff_rejected_format

__all__ = ["MAX_PIXELS", "Container", "read_container"]

READERS = {
    "JPEG": read_jpeg,
    "PNG": read_png,
    "WEBP": read_webp,
    "GIF": read_gif,
    "AVIF": read_avif,
}


def read_container(data: bytes) -> Container:
    """Return what a decoder needs of a file. Raises `InvalidImage`."""
    format_ = sniff_accepted_format(data)
    if format_ is None:
        raise identification_error(data)
    try:
        return READERS[format_](data)
    except (IndexError, struct.error) as error:  # a read beyond the end of the file
        raise incomplete_error() from error


def identification_error(data: bytes) -> InvalidImage:
    """Return the error for a file that is an image in another format, or no image at all."""
    accepted = "JPEG, PNG, WebP, GIF and AVIF are accepted"
    if name := sniff_rejected_format(data):
        detail = f"{name} files are not accepted; {accepted}."
        return UnsupportedFormat("unsupported-media-type", detail)
    return InvalidImage("unreadable-image", f"This is not an image that can be read; {accepted}.")
