"""Renditions: bytes in, bytes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from PIL import Image, ImageChops

from core.images.color import color_mask, convert_to_srgb, to_resizable_mode
from core.images.containers import Container, read_container
from core.images.decoding import (
    check_end,
    open_container,
    orientation_of,
    translate_decoder_errors,
)
from core.images.orientation import EXIF_TRANSPOSES, SWAPS_SIDES
from core.images.thumbhash import thumbhash

RENDITION_VERSION = "3"  # part of every rendition's name: raise it when `render` changes its bytes
# What renditions may be encoded as, equally good by PSNR: AVIF is a third smaller, and takes
# seven times as long.
ENCODER_OPTIONS = {
    "WEBP": {"quality": 82, "method": 2},
    "AVIF": {"quality": 55, "speed": 7},
}
DRAWING_OPTIONS = {"quality": 93, "method": 2}
LOSSLESS_OPTIONS = {"lossless": True, "quality": 75, "method": 2}
# An image whose smallest rendition is larger than this, lossless against lossy, is no drawing.
MAX_LOSSLESS_RATIO = 3
LOSSLESS_FORMATS = {"PNG", "GIF"}  # what drawings, charts and logos are saved as
Size = tuple[int, int]


@dataclass(frozen=True)
class Renditions:
    """Files by name, each within its maximum size, and a ThumbHash in base64."""

    files: Mapping[str, bytes]
    placeholder: str


def render(
    file: BinaryIO,
    sizes: Mapping[str, int],
    format_: str = "WEBP",
    *,
    let_through: tuple[type[Exception], ...] = (),
) -> Renditions:
    """Decode once, and encode an image for each size (longer side in pixels, never upscaled).

    Upright, in sRGB, alpha kept, the first frame of an animation, and without any metadata;
    encoded as `format_`, one of `ENCODER_OPTIONS`. Raises `InvalidImage`, and what is raised
    from outside in the middle of it, such as the end of a time limit: `let_through`.
    """
    file.seek(0)
    with translate_decoder_errors(*let_through):
        container = read_container(file.read())
        check_end(container)
        image, full_size = decode(container, max(sizes.values()))
        images = {}
        for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
            images[name] = image = resize(image, fit(full_size, size))
        placeholder = thumbhash(resize(image, fit(full_size, 32)).convert("RGBA"))
        may_be_drawing = container.format in LOSSLESS_FORMATS and format_ == "WEBP"
        return Renditions(encode_all(images, format_, may_be_drawing), placeholder)


def decode(container: Container, size: int) -> tuple[Image.Image, Size]:
    """Return an upright image in sRGB that fits the size, and the display size of the original."""
    with open_container(container) as original:
        full_size = container.canvas or original.size
        orientation = orientation_of(container, original)
        original.draft(None, (size, size))  # a JPEG decodes straight to a smaller size
        original.load()
        image = on_canvas(with_transparency(original, container), container)
        image = resize(image, fit(full_size, size))
    if orientation in EXIF_TRANSPOSES:
        image = image.transpose(EXIF_TRANSPOSES[orientation])
    if orientation in SWAPS_SIDES:
        full_size = full_size[::-1]
    return convert_to_srgb(image, container.icc_profile), full_size


def with_transparency(image: Image.Image, container: Container) -> Image.Image:
    """Return an image whose transparent color, if the container names one, is known."""
    if container.key is None:
        return image
    if not container.is_key_16_bit:
        image.info["transparency"] = container.key
        return image
    with open_container(container) as low:  # the low bytes, which the decoder leaves out
        low.tile = [tile._replace(args="RGB;16L") for tile in low.tile]
        is_key = ImageChops.darker(
            color_mask(image, [value >> 8 for value in container.key]),
            color_mask(low, [value & 255 for value in container.key]),
        )
    image = image.copy()
    image.putalpha(ImageChops.invert(is_key))
    return image


def on_canvas(image: Image.Image, container: Container) -> Image.Image:
    """Return the whole canvas, transparent where the frame does not reach."""
    if container.canvas is None or (container.offset == (0, 0) and container.canvas == image.size):
        return image
    image = to_resizable_mode(image)
    canvas = Image.new("LA" if image.mode in {"L", "LA"} else "RGBA", container.canvas)
    canvas.paste(image.convert(canvas.mode), container.offset)
    return canvas


def fit(full_size: Size, size: int) -> Size:
    """Return the size within a square of this many pixels; one that fits is returned unchanged."""
    longest = max(full_size)
    if longest <= size:
        return full_size
    width, height = (max(1, round(side * size / longest)) for side in full_size)
    return width, height


def resize(image: Image.Image, size: Size) -> Image.Image:
    if image.size == size:
        return image
    image = to_resizable_mode(image)
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def encode_all(
    images: Mapping[str, Image.Image], format_: str, may_be_drawing: bool
) -> dict[str, bytes]:
    """Encode each size once; a drawing without loss, unless that takes more bytes."""
    files: dict[Size, bytes] = {}
    for image in sorted(images.values(), key=lambda image: image.size):
        if image.size in files:  # a small image fits several sizes as it is
            continue
        files[image.size] = file = encode(image, format_, ENCODER_OPTIONS[format_])
        if may_be_drawing:
            exact = encode(image, format_, LOSSLESS_OPTIONS)
            may_be_drawing = len(exact) <= MAX_LOSSLESS_RATIO * len(file)
        if may_be_drawing:  # blurred colors are seen at its edges
            files[image.size] = min(exact, encode(image, format_, DRAWING_OPTIONS), key=len)
    return {name: files[image.size] for name, image in images.items()}


def encode(image: Image.Image, format_: str, options: Mapping[str, Any]) -> bytes:
    """Encode the pixels and nothing else."""
    bare = image.copy()
    bare.info = {}
    output = BytesIO()
    bare.save(output, format_, **options)
    return output.getvalue()
