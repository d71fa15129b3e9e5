"""Renditions: bytes in, bytes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from PIL import Image

from core.images.color import convert_to_srgb, to_resizable_mode
from core.images.decoding import open_image
from core.images.orientation import exif_transpose
from core.images.thumbhash import thumbhash

RENDITION_VERSION = "2"  # part of every rendition's name: raise it when `render` changes its bytes
# What renditions may be encoded as, equally good by PSNR: AVIF is a third smaller, and takes
# seven times as long.
ENCODER_OPTIONS = {
    "WEBP": {"quality": 82, "method": 2},
    "AVIF": {"quality": 55, "speed": 7},
}


@dataclass(frozen=True)
class Renditions:
    """Files by name, each within its maximum size, and a ThumbHash in base64."""

    files: Mapping[str, bytes]
    placeholder: str


def render(file: BinaryIO, sizes: Mapping[str, int], format_: str = "WEBP") -> Renditions:
    """Decode once, and encode an image for each size (longer side in pixels, never upscaled).

    Upright, in sRGB, alpha kept, the first frame of an animation, and without any metadata;
    encoded as `format_`, one of `ENCODER_OPTIONS`. Raises `InvalidImage`.
    """
    with open_image(file) as original:
        largest = max(sizes.values())
        transpose = exif_transpose(original)
        original.draft(None, (largest, largest))  # a JPEG decodes straight to a smaller size
        image = downscale(original, largest)
        image = convert_to_srgb(image if transpose is None else image.transpose(transpose))
        files, encoded = {}, {}
        for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
            image = downscale(image, size)
            if image.size not in encoded:  # a small image fits several sizes as it is
                encoded[image.size] = encode(image, format_)
            files[name] = encoded[image.size]
        return Renditions(files, thumbhash(downscale(image, 32).convert("RGBA")))


def downscale(image: Image.Image, size: int) -> Image.Image:
    """Fit an image into a square of this many pixels; one that fits is returned unchanged."""
    if max(image.size) <= size:
        return image
    image = to_resizable_mode(image)
    scale = size / max(image.size)
    target = tuple(max(1, round(side * scale)) for side in image.size)
    return image.resize(target, Image.Resampling.LANCZOS, reducing_gap=2.0)


def encode(image: Image.Image, format_: str) -> bytes:
    """Encode the pixels and nothing else."""
    bare = image.copy()
    bare.info = {}
    output = BytesIO()
    bare.save(output, format_, **ENCODER_OPTIONS[format_])
    return output.getvalue()
