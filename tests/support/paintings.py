"""What the image corpus is made of: paintings, color spaces, and what libvips makes of a file."""

import logging
import struct
import zlib
from functools import cache
from io import BytesIO

import pyvips
from PIL import Image

from tests.support.pictures import chunk, encoded

logging.getLogger("pyvips").setLevel(logging.ERROR)

SIZE = (160, 120)
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2)]
ADAM7 += [(0, 1, 1, 2)]  # where each pass begins, and its steps
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}

# From linear light of sRGB to that of other primaries with the same white.
TO_P3 = [[0.82246, 0.17754, 0], [0.03319, 0.96681, 0], [0.01708, 0.07240, 0.91052]]
TO_2020 = [[0.62740, 0.32928, 0.04331], [0.06910, 0.91954, 0.01136], [0.01639, 0.08801, 0.89560]]
PRIMARIES = {1: None, 9: TO_2020, 12: TO_P3}


@cache
def painting() -> Image.Image:
    """Return an image of soft shapes and many colors."""
    x, y = (Image.linear_gradient("L").rotate(turn).resize(SIZE) for turn in (0, 90))
    round_ = Image.radial_gradient("L").resize(SIZE)
    return Image.merge("RGB", [x, y, round_])


@cache
def mosaic() -> Image.Image:
    """Return an image of flat squares, as palettes are made for."""
    return painting().resize((20, 15)).resize(SIZE, Image.Resampling.NEAREST)


@cache
def veil() -> Image.Image:
    """Return an alpha channel: opaque in one corner, half in the middle, clear in the other."""
    return Image.linear_gradient("L").rotate(45).resize(SIZE)


def painting_in(mode: str) -> Image.Image:
    image = painting().convert("L" if mode == "LA" else "RGB")
    if mode in {"LA", "RGBA"}:
        image.putalpha(veil())
    return image


def flat() -> Image.Image:
    """Return the painting with a large patch of one of its colors."""
    image = painting().copy()
    image.paste(image.getpixel((80, 60)), (60, 40, 130, 100))
    return image


def png_of(
    image: Image.Image, depth: int, color_type: int, *chunks: bytes, interlaced: bool = False
) -> bytes:
    """Return a PNG of an image's samples: of eight bits, or of as few as there are."""
    width, height = image.size
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, interlaced)
    raw, count = image.tobytes(), CHANNELS[color_type]
    rows = []
    for left, top, right, down in passes:
        for y in range(top, height, down):
            line = raw[y * width * count :][: width * count]
            samples = [
                sample
                for x in range(left, width, right)
                for sample in line[x * count : (x + 1) * count]
            ]
            if samples:
                rows.append(b"\0" + packed(samples, depth))
    data = chunk(b"IDAT", zlib.compress(b"".join(rows)))
    return b"".join([b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), *chunks, data, chunk(b"IEND")])


def packed(samples: list[int], depth: int) -> bytes:
    if depth == 16:
        return b"".join(bytes([sample, sample]) for sample in samples)
    if depth == 8:
        return bytes(samples)
    bits = "".join(format(sample, f"0{depth}b") for sample in samples)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8)


def in_space(primaries: int, transfer: int) -> Image.Image:
    """Return the painting's values in another color space, computed by libvips."""
    linear = vips(encoded(painting(), "PNG")).colourspace("scrgb")
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


def vips(content: bytes) -> pyvips.Image:
    return pyvips.Image.new_from_buffer(content, "")


def shown(content: bytes, size: tuple[int, int], background: int) -> pyvips.Image:
    """Return an image as libvips shows it: upright, in sRGB, over gray, in this size."""
    image = vips(content).autorot()
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
    ours, theirs = (shown(file, rendition.size, background) for file in (content, reference))
    return ours.colourspace("lab").dE00(theirs.colourspace("lab")).avg()
