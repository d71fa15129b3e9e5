"""Pictures of which it is known, to the pixel, how they must be shown."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from tests.chaos.colors import Color, from_adobe, from_p3
from tests.support.pictures import GREEN, RED, STORED, animated, encoded, raw_png, six_fields
from tests.support.profiles import ADOBE_RGB, CMYK_ALL_GRAY, COPYRIGHT, DISPLAY_P3, LINEAR_GRAY

SIZE = (48, 32)
PATCHES = [(180, 120, 90), (90, 160, 110), (120, 90, 160), (128, 128, 128), (200, 180, 60)]
# Without subsampling, because a decoder rounds its smoothing differently in each direction.
EXACT = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}
SECRETS = [b"Secret camera", b"Secret XMP", b"Secret comment", b"Secret text", COPYRIGHT]
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">Secret XMP</x:xmpmeta>'


@dataclass(frozen=True)
class Fixture:
    """A file, and either the color of its middle or the name of one that must look the same."""

    name: str
    content: bytes
    color: Color | None = None  # with alpha, where it has any
    same_as: str = ""


def fixtures() -> Iterator[Fixture]:
    yield from orientations()
    yield from profiles()
    yield from depths()
    yield from transparencies()
    yield from animations()
    yield from talkative()


def orientations() -> Iterator[Fixture]:
    for kind in ("JPEG", "PNG", "WEBP"):
        for number, turn in STORED.items():
            image = six_fields() if turn is None else six_fields().transpose(turn)
            exif = Image.Exif()
            exif[ExifTags.Base.Orientation] = number
            content = encoded(image, kind, exif=exif.tobytes(), **EXACT.get(kind, {}))
            yield Fixture(f"{kind} turned {number}", content, same_as=f"{kind} turned 1")


def patch(kind: str, mode: str, color: object, **options: object) -> bytes:
    return encoded(Image.new(mode, SIZE, color), kind, **EXACT.get(kind, {}), **options)


def profiles() -> Iterator[Fixture]:
    for color in PATCHES:
        p3 = patch("JPEG", "RGB", color, icc_profile=DISPLAY_P3)
        adobe = patch("PNG", "RGB", color, icc_profile=ADOBE_RGB)
        yield Fixture(f"P3 {color}", p3, from_p3(color))
        yield Fixture(f"Adobe RGB {color}", adobe, from_adobe(color))
    gray = patch("PNG", "L", 128, icc_profile=LINEAR_GRAY)
    yield Fixture("gray, linear", gray, (188, 188, 188))
    for inks, color in {(0, 255, 255, 0): (255, 0, 0), (0, 0, 0, 128): (127, 127, 127)}.items():
        yield Fixture(f"CMYK {inks}", patch("JPEG", "CMYK", inks), color)
    profiled = patch("JPEG", "CMYK", (255, 0, 0, 0), icc_profile=CMYK_ALL_GRAY)
    yield Fixture("CMYK, with a profile", profiled, (119, 119, 119))


def depths() -> Iterator[Fixture]:
    for value in (0, 20_000, 40_000, 65_535):
        gray = raw_png(SIZE, 16, 0, struct.pack(">H", value))
        yield Fixture(f"16-bit gray {value}", gray, (value >> 8,) * 3)
    color = raw_png(SIZE, 16, 2, struct.pack(">3H", 50_000, 20_000, 10_000))
    yield Fixture("16-bit color", color, (195, 78, 39))
    clear = raw_png(SIZE, 16, 6, struct.pack(">4H", 50_000, 20_000, 10_000, 32_896))
    yield Fixture("16-bit color and alpha", clear, (195, 78, 39, 128))


def transparencies() -> Iterator[Fixture]:
    half = (*GREEN, 128)
    yield Fixture("RGBA", patch("PNG", "RGBA", half), half)
    yield Fixture("gray and alpha", patch("PNG", "LA", (90, 70)), (90, 90, 90, 70))
    yield Fixture("WebP with alpha", patch("WEBP", "RGBA", half), half)
    palette = Image.new("RGB", SIZE, RED).quantize(2)
    yield Fixture("palette", encoded(palette, "PNG"), RED)
    yield Fixture("palette, half clear", encoded(palette, "PNG", transparency=b"\x80"), (*RED, 128))
    yield Fixture("GIF", encoded(palette, "GIF"), RED)


def animations() -> Iterator[Fixture]:
    for kind in ("GIF", "WEBP", "PNG", "MPO"):
        yield Fixture(f"animated {kind}", animated(kind, SIZE), RED)


def talkative() -> Iterator[Fixture]:
    """Give pictures with as much said in them as their format lets one say."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Secret camera"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSAreaInformation] = b"Secret camera"
    said = {"exif": exif.tobytes(), "xmp": XMP, "icc_profile": DISPLAY_P3}
    red = from_p3(RED)
    jpeg = patch("JPEG", "RGB", RED, comment=b"Secret comment", **said)
    yield Fixture("JPEG that says a lot", jpeg, red)
    yield Fixture("WebP that says a lot", patch("WEBP", "RGB", RED, **said), red)
    text = PngInfo()
    text.add_text("Comment", "Secret text")
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    png = patch("PNG", "RGB", RED, pnginfo=text, exif=said["exif"], icc_profile=DISPLAY_P3)
    yield Fixture("PNG that says a lot", png, red)
    yield Fixture("GIF that says a lot", patch("GIF", "RGB", RED, comment=b"Secret comment"), RED)
    yield Fixture("AVIF that says a lot", patch("AVIF", "RGB", RED, **said), red)
    yield Fixture("MPO that says a lot", patch("MPO", "RGB", RED, exif=said["exif"]), RED)


def decoded(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content), formats=["WEBP"])
    image.load()
    return image


def middle(image: Image.Image) -> Color:
    return image.getpixel((image.width // 2, image.height // 2))


def chunk_names(webp: bytes) -> set[bytes]:
    """Name the parts that a WebP file is made of."""
    names, at = set(), 12
    while at < len(webp):
        names.add(webp[at : at + 4])
        size = int.from_bytes(webp[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    return names
