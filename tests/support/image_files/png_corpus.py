"""PNGs of the image corpus."""

import struct
from collections.abc import Iterator

from PIL import Image

from tests.support.image_files.patterns import (
    SIZE,
    gradients,
    gradients_in,
    gradients_with_flat_patch,
    tiles,
)
from tests.support.image_files.sample import Sample
from tests.support.image_formats.icc_profiles import ADOBE_RGB, DISPLAY_P3, LINEAR_GRAY
from tests.support.image_formats.png import chunk, png_of_samples
from tests.support.images import encode


def pngs() -> Iterator[Sample]:
    yield from depths()
    yield from profiles()
    yield from containers()


def depths() -> Iterator[Sample]:
    """Yield every color type in every depth, interlaced and not."""
    for interlaced in (False, True):
        for depth in (1, 2, 4, 8, 16):
            yield from grays(depth, interlaced)
        for depth in (1, 2, 4, 8):
            yield from palettes(depth, interlaced)
        for depth in (8, 16):
            for color_type, mode in ((2, "RGB"), (4, "LA"), (6, "RGBA")):
                content = png_of_samples(
                    gradients_in(mode), depth, color_type, interlaced=interlaced
                )
                yield Sample(f"PNG {mode} {depth} bits, interlaced {interlaced}", content)
            key = gradients().getpixel((80, 60))
            scaled = [value * 257 if depth == 16 else value for value in key]
            trns = chunk(b"tRNS", struct.pack(">HHH", *scaled))
            content = png_of_samples(
                gradients_with_flat_patch(), depth, 2, trns, interlaced=interlaced
            )
            yield Sample(f"PNG RGB {depth} bits with a key, interlaced {interlaced}", content)


def profiles() -> Iterator[Sample]:
    for name, profile in (("P3", DISPLAY_P3), ("Adobe", ADOBE_RGB)):
        for mode in ("RGB", "RGBA"):
            image = gradients_in(mode)
            yield Sample(f"PNG {mode} in {name}", encode(image, "PNG", icc_profile=profile))
        palette = tiles().quantize(200)
        yield Sample(f"PNG palette in {name}", encode(palette, "PNG", icc_profile=profile))
    for mode in ("L", "LA"):
        image = gradients_in(mode)
        yield Sample(f"PNG {mode} in linear gray", encode(image, "PNG", icc_profile=LINEAR_GRAY))
    gray = gradients().convert("L").point([16 * (value // 16) for value in range(256)])
    keyed = encode(gray, "PNG", icc_profile=LINEAR_GRAY, transparency=128)
    clear = gray.copy()
    clear.putalpha(gray.point([255 * (value != 128) for value in range(256)]))
    reference = encode(clear, "PNG", icc_profile=LINEAR_GRAY)
    yield Sample("PNG with a key in linear gray", keyed, reference)


def containers() -> Iterator[Sample]:
    """Yield damaged and animated files."""
    plain = encode(gradients(), "PNG")
    wrong = chunk(b"tEXt", b"a\0b")[:-1] + b"?"
    yield Sample("PNG with a wrong checksum", plain[:33] + wrong + plain[33:], plain)
    yield Sample("PNG without IEND", plain[:-12], plain)
    moving = encode(
        Image.new("RGB", SIZE, "red"),
        "PNG",
        save_all=True,
        default_image=True,
        append_images=[gradients(), Image.new("RGB", SIZE, "blue")],
        duration=50,
    )
    yield Sample("APNG with a default image", moving, plain)


def grays(depth: int, interlaced: bool) -> Iterator[Sample]:
    """Yield grayscale images of this depth, without and with a transparent shade."""
    most = 2 ** min(depth, 8) - 1
    steps = gradients().convert("L").point([value * (most + 1) // 256 for value in range(256)])
    shown = steps.point([255 * value // most if value <= most else 255 for value in range(256)])
    yield Sample(
        f"PNG gray {depth} bits, interlaced {interlaced}",
        png_of_samples(steps, depth, 0, interlaced=interlaced),
        encode(shown, "PNG"),
    )
    for key in (0, most // 2, most):
        clear = shown.copy()
        clear.putalpha(steps.point([255 * (value != key) for value in range(256)]))
        value = key * 257 if depth == 16 else key
        yield Sample(
            f"PNG gray {depth} bits, {key} is transparent, interlaced {interlaced}",
            png_of_samples(
                steps, depth, 0, chunk(b"tRNS", struct.pack(">H", value)), interlaced=interlaced
            ),
            encode(clear, "PNG"),
        )


def palettes(depth: int, interlaced: bool) -> Iterator[Sample]:
    image = tiles().quantize(2**depth)
    colors = chunk(b"PLTE", bytes(image.getpalette()[: 3 * 2**depth]))
    for alphas in (b"", b"\0", bytes(range(0, 256, 256 // 2**depth))[: 2**depth - 1]):
        chunks = [colors, chunk(b"tRNS", alphas)] if alphas else [colors]
        content = png_of_samples(image, depth, 3, *chunks, interlaced=interlaced)
        name = f"PNG palette {depth} bits, {len(alphas)} alphas, interlaced {interlaced}"
        yield Sample(name, content)
