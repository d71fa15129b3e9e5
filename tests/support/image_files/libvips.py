"""libvips, an independent reader of images, to compare renditions with."""

import logging
from io import BytesIO

import pyvips
from PIL import Image

from tests.support.image_files.patterns import SIZE, gradients
from tests.support.images import encode

logging.getLogger("pyvips").setLevel(logging.ERROR)

# From linear light of sRGB to that of other primaries with the same white.
TO_P3 = [[0.82246, 0.17754, 0], [0.03319, 0.96681, 0], [0.01708, 0.07240, 0.91052]]
TO_2020 = [[0.62740, 0.32928, 0.04331], [0.06910, 0.91954, 0.01136], [0.01639, 0.08801, 0.89560]]
PRIMARIES = {1: None, 9: TO_2020, 12: TO_P3}


def in_space(primaries: int, transfer: int) -> Image.Image:
    """Return the gradients in another color space, computed by libvips."""
    linear = read_vips(encode(gradients(), "PNG")).colourspace("scrgb")
    if PRIMARIES[primaries]:
        linear = linear.recomb(PRIMARIES[primaries])
    if transfer == 8:
        values = linear * 255
    elif transfer == 4:
        values = (linear > 0).ifthenelse(linear, 0) ** (1 / 2.2) * 255
    else:
        values = linear.copy(interpretation="scrgb").colourspace("srgb")
    values = values.rint().cast("uchar")
    return Image.frombytes("RGB", SIZE, values.write_to_memory())


def read_vips(content: bytes) -> pyvips.Image:
    return pyvips.Image.new_from_buffer(content, "")


def render_vips(content: bytes, size: tuple[int, int], background: int) -> pyvips.Image:
    """Return an image as libvips renders it: upright, in sRGB, on gray, in this size."""
    image = read_vips(content).autorot()
    if image.interpretation == "cmyk" or "icc-profile-data" in image.get_fields():
        alpha = image[-1] if image.hasalpha() else None
        colors = image[: image.bands - 1] if alpha is not None else image
        colors = colors.icc_transform("srgb", embedded=True, intent="perceptual")
        image = colors if alpha is None else colors.bandjoin(alpha.cast("uchar"))
        image = image.copy(interpretation="srgb")
    image = image.colourspace("srgb").cast("uchar")
    if image.hasalpha():
        image = image.premultiply()
    image = image.resize(size[0] / image.width, vscale=size[1] / image.height, kernel="lanczos3")
    if image.hasalpha():
        image = image.unpremultiply().cast("uchar").flatten(background=[background])
    return image.cast("uchar").copy(interpretation="srgb")


def color_error(content: bytes, reference: bytes, background: int) -> float:
    """Return the mean ΔE2000 between a rendition and an image in its size."""
    rendition = Image.open(BytesIO(content))
    ours, theirs = (render_vips(file, rendition.size, background) for file in (content, reference))
    return ours.colourspace("lab").dE00(theirs.colourspace("lab")).avg()
