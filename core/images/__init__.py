"""Images: bytes in, bytes out. Knows no model and no storage."""

from core.images.containers import MAX_PIXELS
from core.images.decoding import EXTENSIONS
from core.images.errors import InvalidImage, UnsupportedFormat
from core.images.metadata import ImageMetadata, read_metadata
from core.images.rendering import ENCODER_OPTIONS, RENDITION_VERSION, Renditions, render

__all__ = [
    "ENCODER_OPTIONS",
    "EXTENSIONS",
    "MAX_PIXELS",
    "RENDITION_VERSION",
    "ImageMetadata",
    "InvalidImage",
    "Renditions",
    "UnsupportedFormat",
    "read_metadata",
    "render",
]
