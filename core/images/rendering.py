"""Renditions of an image: decoded once, resized and encoded."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO, cast

from PIL import Image, ImageChops
from PIL.ImageFile import ImageFile

from core.images.color import color_mask, convert_to_srgb, to_resizable_mode
from core.images.containers import Container, read_container
from core.images.decoding import (
    check_truncation,
    open_container,
    orientation_of,
    translate_decoder_errors,
)
from core.images.orientation import EXIF_TRANSPOSES, SWAPS_SIDES
from core.images.thumbhash import thumbhash

RENDITION_VERSION = "3"  # part of every rendition's name: increase it when the output changes
# Of equal quality by PSNR: AVIF is a third smaller, and takes seven times as long.
ENCODER_OPTIONS = {
    "WEBP": {"quality": 82, "method": 2},
    "AVIF": {"quality": 55, "speed": 7},
}
DRAWING_OPTIONS = {"quality": 93, "method": 2}
LOSSLESS_OPTIONS = {"lossless": True, "quality": 75, "method": 2}
# Above this size ratio of the smallest rendition, lossless to lossy, an image is no drawing.
MAX_LOSSLESS_RATIO = 3
LOSSLESS_FORMATS = {"PNG", "GIF"}  # what drawings, charts and logos are saved as
Size = tuple[int, int]


@dataclass(frozen=True)
class Renditions:
    """Encoded files by name, each within its maximum size, and a ThumbHash in base64."""

    files: Mapping[str, bytes]
    placeholder: str


def render(
    file: BinaryIO,
    sizes: Mapping[str, int],
    format_: str = "WEBP",
    *,
    propagated: tuple[type[Exception], ...] = (),
) -> Renditions:
    """Return the renditions of an image in these sizes (longer side in pixels, never upscaled).

    They are upright, in sRGB, with alpha, without metadata, and of the first frame of an
    animation; encoded as `format_`, one of `ENCODER_OPTIONS`. Raises `InvalidImage`, and
    `propagated` exceptions that interrupt it, such as a soft time limit.
    """
    file.seek(0)
    with translate_decoder_errors(*propagated):
        container = read_container(file.read())
        check_truncation(container)
        image, full_size = decode(container, max(sizes.values()))
        images = {}
        for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
            images[name] = image = resize(image, fit(full_size, size))
        placeholder = thumbhash(resize(image, fit(full_size, 32)).convert("RGBA"))
        may_be_drawing = container.format in LOSSLESS_FORMATS and format_ == "WEBP"
        return Renditions(encode_all(images, format_, may_be_drawing), placeholder)


def decode(container: Container, size: int) -> tuple[Image.Image, Size]:
    """Return an upright image in sRGB that fits the size, and the display size in full."""
    with open_container(container) as source:
        full_size = container.canvas or source.size
        orientation = orientation_of(container, source)
        source.draft(None, (size, size))  # a JPEG decodes straight to a smaller size
        source.load()
        image = place_on_canvas(apply_transparent_color(source, container), container)
        image = resize(image, fit(full_size, size))
    if orientation in EXIF_TRANSPOSES:
        image = image.transpose(EXIF_TRANSPOSES[orientation])
    if orientation in SWAPS_SIDES:
        full_size = full_size[::-1]
    return convert_to_srgb(image, container.icc_profile), full_size


def apply_transparent_color(image: Image.Image, container: Container) -> Image.Image:
    """Return the image with the container's transparent color, if any, applied or noted."""
    color = container.transparent_color
    if color is None:
        return image
    if isinstance(color, int) or not container.has_16_bit_samples:
        image.info["transparency"] = color
        return image
    with open_low_bytes(container) as low:
        is_transparent = ImageChops.darker(
            color_mask(image, [value >> 8 for value in color]),
            color_mask(low, [value & 255 for value in color]),
        )
    image = image.copy()
    image.putalpha(ImageChops.invert(is_transparent))
    return image


def open_low_bytes(container: Container) -> Image.Image:
    """Open an image of the low bytes of 16-bit RGB samples; Pillow decodes the high ones."""
    image = cast(ImageFile, open_container(container))
    image.tile = [tile._replace(args="RGB;16L") for tile in image.tile]
    return image


def place_on_canvas(image: Image.Image, container: Container) -> Image.Image:
    """Return the whole canvas, transparent outside the frame."""
    if container.canvas is None or (container.offset == (0, 0) and container.canvas == image.size):
        return image
    image = to_resizable_mode(image)
    canvas = Image.new("LA" if image.mode in {"L", "LA"} else "RGBA", container.canvas)
    canvas.paste(image.convert(canvas.mode), container.offset)
    return canvas


def fit(full_size: Size, size: int) -> Size:
    """Return a size scaled down, if necessary, to fit a square with sides of this length."""
    longest = max(full_size)
    if longest <= size:
        return full_size
    width, height = (max(1, round(side * size / longest)) for side in full_size)
    return width, height


def resize(image: Image.Image, size: Size) -> Image.Image:
    """Resize in a mode whose values can be averaged."""
    if image.size == size:
        return image
    image = to_resizable_mode(image)
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def encode_all(
    images: Mapping[str, Image.Image], format_: str, may_be_drawing: bool
) -> dict[str, bytes]:
    """Encode each size once; a drawing lossless, unless that takes more bytes."""
    files: dict[Size, bytes] = {}
    for image in sorted(images.values(), key=lambda image: image.size):
        if image.size in files:  # a small image is the same in several sizes
            continue
        files[image.size] = file = encode(image, format_, ENCODER_OPTIONS[format_])
        if may_be_drawing:
            lossless = encode(image, format_, LOSSLESS_OPTIONS)
            may_be_drawing = len(lossless) <= MAX_LOSSLESS_RATIO * len(file)
        if may_be_drawing:  # lossy colors would bleed at its edges
            files[image.size] = min(lossless, encode(image, format_, DRAWING_OPTIONS), key=len)
    return {name: files[image.size] for name, image in images.items()}


def encode(image: Image.Image, format_: str, options: Mapping[str, Any]) -> bytes:
    """Encode the pixels, without metadata."""
    bare = image.copy()
    bare.info = {}
    output = BytesIO()
    bare.save(output, format_, **options)
    return output.getvalue()
