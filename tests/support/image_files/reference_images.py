"""Images of which it is known, to the pixel, how their renditions must look."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from tests.support.image_files.color_spaces import Color, adobe_to_srgb, p3_to_srgb
from tests.support.image_formats.icc_profiles import (
    ADOBE_RGB,
    CMYK_ALL_GRAY,
    COPYRIGHT,
    DISPLAY_P3,
    LINEAR_GRAY,
)
from tests.support.image_formats.png import GRAY, RGB, RGBA, flat_png
from tests.support.images import GREEN, RED, STORED_TRANSPOSES, animated, encode, with_orientation

SIZE = (48, 32)
PATCHES = [(180, 120, 90), (90, 160, 110), (120, 90, 160), (128, 128, 128), (200, 180, 60)]
# Without subsampling, because a decoder rounds its smoothing differently in each direction.
LOSSLESS = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}
SECRETS = [b"Secret camera", b"Secret XMP", b"Secret comment", b"Secret text", COPYRIGHT]
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">Secret XMP</x:xmpmeta>'


@dataclass(frozen=True)
class ReferenceImage:
    """A file, and either the color of its center or the name of one that must look the same."""

    name: str
    content: bytes
    color: Color | None = None  # with alpha, where it has any
    same_as: str = ""


def reference_images() -> Iterator[ReferenceImage]:
    yield from orientations()
    yield from profiles()
    yield from depths()
    yield from transparencies()
    yield from animations()
    yield from with_metadata()


def orientations() -> Iterator[ReferenceImage]:
    for format_ in ("JPEG", "PNG", "WEBP"):
        for number in STORED_TRANSPOSES:
            content = with_orientation(number, format_, **LOSSLESS.get(format_, {}))
            name = f"{format_} in orientation {number}"
            yield ReferenceImage(name, content, same_as=f"{format_} in orientation 1")


def patch(format_: str, mode: str, color: object, **options: object) -> bytes:
    return encode(Image.new(mode, SIZE, color), format_, **LOSSLESS.get(format_, {}), **options)


def profiles() -> Iterator[ReferenceImage]:
    for color in PATCHES:
        p3 = patch("JPEG", "RGB", color, icc_profile=DISPLAY_P3)
        adobe = patch("PNG", "RGB", color, icc_profile=ADOBE_RGB)
        yield ReferenceImage(f"P3 {color}", p3, p3_to_srgb(color))
        yield ReferenceImage(f"Adobe RGB {color}", adobe, adobe_to_srgb(color))
    gray = patch("PNG", "L", 128, icc_profile=LINEAR_GRAY)
    yield ReferenceImage("gray, linear", gray, (188, 188, 188))
    for inks, color in {(0, 255, 255, 0): (255, 0, 0), (0, 0, 0, 128): (127, 127, 127)}.items():
        yield ReferenceImage(f"CMYK {inks}", patch("JPEG", "CMYK", inks), color)
    profiled = patch("JPEG", "CMYK", (255, 0, 0, 0), icc_profile=CMYK_ALL_GRAY)
    yield ReferenceImage("CMYK, with a profile", profiled, (119, 119, 119))


def depths() -> Iterator[ReferenceImage]:
    for value in (0, 20_000, 40_000, 65_535):
        gray = flat_png(SIZE, 16, GRAY, struct.pack(">H", value))
        yield ReferenceImage(f"16-bit gray {value}", gray, (value >> 8,) * 3)
    color = flat_png(SIZE, 16, RGB, struct.pack(">3H", 50_000, 20_000, 10_000))
    yield ReferenceImage("16-bit color", color, (195, 78, 39))
    translucent = flat_png(SIZE, 16, RGBA, struct.pack(">4H", 50_000, 20_000, 10_000, 32_896))
    yield ReferenceImage("16-bit color and alpha", translucent, (195, 78, 39, 128))


def transparencies() -> Iterator[ReferenceImage]:
    half = (*GREEN, 128)
    yield ReferenceImage("RGBA", patch("PNG", "RGBA", half), half)
    yield ReferenceImage("gray and alpha", patch("PNG", "LA", (90, 70)), (90, 90, 90, 70))
    yield ReferenceImage("WebP with alpha", patch("WEBP", "RGBA", half), half)
    palette = Image.new("RGB", SIZE, RED).quantize(2)
    yield ReferenceImage("palette", encode(palette, "PNG"), RED)
    yield ReferenceImage(
        "palette, half transparent", encode(palette, "PNG", transparency=b"\x80"), (*RED, 128)
    )
    yield ReferenceImage("GIF", encode(palette, "GIF"), RED)


def animations() -> Iterator[ReferenceImage]:
    for format_ in ("GIF", "WEBP", "PNG", "MPO"):
        yield ReferenceImage(f"animated {format_}", animated(format_, SIZE), RED)


def with_metadata() -> Iterator[ReferenceImage]:
    """Yield images with all the metadata that their formats have room for."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Secret camera"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSAreaInformation] = b"Secret camera"
    metadata = {"exif": exif.tobytes(), "xmp": XMP, "icc_profile": DISPLAY_P3}
    red = p3_to_srgb(RED)
    jpeg = patch("JPEG", "RGB", RED, comment=b"Secret comment", **metadata)
    yield ReferenceImage("JPEG with metadata", jpeg, red)
    yield ReferenceImage("WebP with metadata", patch("WEBP", "RGB", RED, **metadata), red)
    text = PngInfo()
    text.add_text("Comment", "Secret text")
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    png = patch("PNG", "RGB", RED, pnginfo=text, exif=metadata["exif"], icc_profile=DISPLAY_P3)
    yield ReferenceImage("PNG with metadata", png, red)
    yield ReferenceImage(
        "GIF with metadata", patch("GIF", "RGB", RED, comment=b"Secret comment"), RED
    )
    yield ReferenceImage("AVIF with metadata", patch("AVIF", "RGB", RED, **metadata), red)
    yield ReferenceImage("MPO with metadata", patch("MPO", "RGB", RED, exif=metadata["exif"]), RED)


def decode(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content), formats=["WEBP"])
    image.load()
    return image


def center_color(image: Image.Image) -> Color:
    return image.getpixel((image.width // 2, image.height // 2))
