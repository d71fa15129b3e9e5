"""Images of every mode, depth, profile and container feature, each with a reference image."""

import struct
from collections.abc import Iterator

from PIL import ExifTags, Image

from tests.support.image_files.libvips import in_space, read_vips
from tests.support.image_files.patterns import (
    SIZE,
    gradients,
    gradients_in,
    tiles,
)
from tests.support.image_files.png_corpus import pngs
from tests.support.image_files.sample import Sample
from tests.support.image_formats.icc_profiles import (
    ADOBE_RGB,
    CMYK_ALL_GRAY,
    DISPLAY_P3,
    LINEAR_GRAY,
)
from tests.support.image_formats.isobmff import move_pixels_to_idat
from tests.support.image_formats.jpeg import segment
from tests.support.image_formats.png import chunk
from tests.support.images import STORED_TRANSPOSES, encode, with_orientation


def jpegs() -> Iterator[Sample]:
    for mode in ("L", "RGB", "CMYK"):
        for options in (
            {},
            {"progressive": True},
            {"restart_marker_blocks": 3},
            {"subsampling": 0},
            {"optimize": True, "quality": 95},
        ):
            image = gradients().convert(mode)
            # libvips has a profile of its own for CMYK without one; browsers have none.
            reference = encode(gradients(), "PNG") if mode == "CMYK" else None
            yield Sample(f"JPEG {mode} {options}", encode(image, "JPEG", **options), reference)
    for name, profile in (("P3", DISPLAY_P3), ("Adobe", ADOBE_RGB)):
        yield Sample(f"JPEG in {name}", encode(gradients(), "JPEG", icc_profile=profile))
    gray = encode(gradients().convert("L"), "JPEG", icc_profile=LINEAR_GRAY)
    yield Sample("JPEG in linear gray", gray)
    cmyk = encode(gradients().convert("CMYK"), "JPEG", icc_profile=CMYK_ALL_GRAY)
    yield Sample("JPEG in CMYK with a profile", cmyk)
    plain = encode(gradients(), "JPEG", quality=90)
    yield Sample("JPEG without its end", plain[:-2], plain)
    end = 4 + int.from_bytes(plain[4:6])
    yield Sample("JPEG of a short JFIF", plain[:2] + segment(0xE0, b"JFIF\0") + plain[end:], plain)
    many = plain[:2] + segment(0xFE, b"comment") * 200 + plain[2:]
    yield Sample("JPEG of many comments", many, plain)
    more = [gradients().transpose(Image.Transpose.ROTATE_180)]
    yield Sample("MPO", encode(gradients(), "MPO", save_all=True, append_images=more), None)


def named_colors() -> Iterator[Sample]:
    """Yield the gradients in color spaces that are named by numbers or by gamma."""
    reference = encode(gradients(), "PNG")
    for primaries, transfer in ((12, 13), (9, 13), (9, 1), (1, 8), (12, 8), (1, 4)):
        image = in_space(primaries, transfer)
        plain = encode(image, "PNG")
        cicp = chunk(b"cICP", bytes([primaries, transfer, 0, 1]))
        name = f"PNG of CICP {primaries}/{transfer}"
        yield Sample(name, plain[:33] + cicp + plain[33:], reference)
        avif = encode(image, "AVIF", quality=95, subsampling="4:4:4")
        at = avif.index(b"nclx") + 4
        numbers = bytes([0, primaries, 0, transfer])
        yield Sample(
            f"AVIF of CICP {primaries}/{transfer}", avif[:at] + numbers + avif[at + 4 :], reference
        )
    for transfer, gamma in ((4, 45_455), (8, 100_000)):
        plain = encode(in_space(1, transfer), "PNG")
        gama = chunk(b"gAMA", struct.pack(">I", gamma))
        yield Sample(f"PNG of gamma {gamma}", plain[:33] + gama + plain[33:], reference)
    plain = encode(in_space(12, 13), "PNG")
    corners = (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
    chrm = chunk(b"cHRM", struct.pack(">8I", *corners))
    yield Sample("PNG of chromaticities", plain[:33] + chrm + plain[33:], reference)


def gifs() -> Iterator[Sample]:
    image = tiles().quantize(255)
    for interlace in (0, 1):
        yield Sample(f"GIF, interlaced {interlace}", encode(image, "GIF", interlace=interlace))
        content = encode(image, "GIF", transparency=100, interlace=interlace)
        yield Sample(f"GIF with a transparent color, interlaced {interlace}", content)
    for x, y in ((0, 0), (30, 20), (60, 45)):
        for disposal in (0, 1, 2, 3):
            whole = encode(image.resize((100, 75)), "GIF", disposal=disposal)
            at = whole.index(b"\x2c\0\0\0\0")
            place = struct.pack("<HH", x, y)
            content = (
                whole[:6] + struct.pack("<HH", *SIZE) + whole[10 : at + 1] + place + whole[at + 5 :]
            )
            canvas = Image.new("RGBA", SIZE)
            canvas.paste(image.resize((100, 75)).convert("RGBA"), (x, y))
            name = f"GIF with a small frame at {x}, {y}, disposal {disposal}"
            yield Sample(name, content, encode(canvas, "PNG"))
    moving = encode(image, "GIF", save_all=True, append_images=[image.rotate(180)], duration=50)
    yield Sample("GIF, animated", moving)


def webps() -> Iterator[Sample]:
    for mode in ("RGB", "RGBA"):
        for options in ({"quality": 95}, {"lossless": True}):
            for name, profile in (("sRGB", b""), ("P3", DISPLAY_P3), ("Adobe", ADOBE_RGB)):
                content = encode(gradients_in(mode), "WEBP", icc_profile=profile, **options)
                yield Sample(f"WebP {mode} {options} in {name}", content)
        more = [Image.new("RGB", SIZE, "red")]
        content = encode(gradients_in(mode), "WEBP", save_all=True, append_images=more, quality=95)
        yield Sample(f"WebP {mode}, animated", content)


def avifs() -> Iterator[Sample]:
    for mode in ("L", "RGB", "RGBA"):
        for subsampling in ("4:2:0", "4:2:2", "4:4:4"):
            image = gradients_in(mode)
            content = encode(image, "AVIF", quality=95, subsampling=subsampling)
            yield Sample(f"AVIF {mode} {subsampling}", content)
    for name, profile in (("P3", DISPLAY_P3), ("Adobe", ADOBE_RGB)):
        content = encode(gradients(), "AVIF", quality=95, icc_profile=profile)
        yield Sample(f"AVIF in {name}", content)
    for depth in (8, 10, 12):
        source = read_vips(encode(gradients(), "PNG"))
        content = source.heifsave_buffer(compression="av1", bitdepth=depth, Q=95)
        yield Sample(f"AVIF of {depth} bits by libheif", content)
    plain = encode(gradients(), "AVIF", quality=95)
    yield Sample("AVIF in idat", move_pixels_to_idat(plain), plain)
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Acme"
    damaged = encode(gradients(), "AVIF", quality=95, exif=exif)
    for order in (b"II*\0", b"MM\0*"):
        damaged = damaged.replace(order, b"XXXX")
    yield Sample("AVIF with damaged EXIF", damaged, plain)


def orientations() -> Iterator[Sample]:
    """Yield the gradients as a camera stores them, in each orientation."""
    upright = encode(gradients(), "PNG")
    for orientation in STORED_TRANSPOSES:
        for format_, options in (
            ("JPEG", {"quality": 95, "subsampling": 0}),
            ("PNG", {"compress_level": 6}),
            ("WEBP", {"lossless": True}),
            ("AVIF", {"quality": 95}),
        ):
            content = with_orientation(orientation, format_, gradients(), **options)
            yield Sample(f"{format_} in orientation {orientation}", content, upright)


CORPUS = [jpegs, pngs, named_colors, gifs, webps, avifs, orientations]
