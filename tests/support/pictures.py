"""Pictures for tests, drawn when they are asked for: the repository holds no image files."""

import struct
import zlib
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

Size = tuple[int, int]
RED = (200, 30, 40)
GREEN = (30, 160, 60)
# How a camera stores an upright picture under each EXIF orientation. For 6, say, its first row is
# the picture's right side, and its first column the picture's top.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Save a picture as `kind`, one of Pillow's names of formats."""
    output = BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def png(size: Size = (8, 8), color: Any = RED, mode: str = "RGB", **options: Any) -> bytes:
    return encoded(Image.new(mode, size, color), "PNG", **options)


def jpeg(size: Size = (8, 8), color: Any = RED, mode: str = "RGB", **options: Any) -> bytes:
    return encoded(Image.new(mode, size, color), "JPEG", **options)


def animated(kind: str, size: Size = (8, 8)) -> bytes:
    """Draw a red frame and a green one behind it."""
    first, second = Image.new("RGB", size, RED), Image.new("RGB", size, GREEN)
    return encoded(first, kind, save_all=True, append_images=[second], duration=100)


def noise(kind: str, size: Size = (64, 64)) -> bytes:
    """Draw a picture that does not compress, so that most of the file is pixels."""
    return encoded(Image.effect_noise(size, 80).convert("RGB"), kind)


def raw_png(size: Size, depth: int, color_type: int, pixel: bytes, *chunks: bytes) -> bytes:
    """Write a PNG of one repeated pixel, in the depths and color types that Pillow never writes.

    Without a pixel it has a header only, and no more behind it.
    """
    width, height = size
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)
    pixels = zlib.compress((b"\0" + pixel * width) * height if pixel else b"")
    parts = [chunk(b"IHDR", header), *chunks, chunk(b"IDAT", pixels), chunk(b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def chunk(name: bytes, content: bytes = b"") -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def six_fields() -> Image.Image:
    """Draw an upright picture that no turn leaves as it is: 3 by 2 fields of 16 pixels."""
    image = Image.new("RGB", (48, 32))
    colors = ["red", "lime", "blue", "yellow", "white", "black"]
    for number, color in enumerate(colors):
        x, y = 16 * (number % 3), 16 * (number // 3)
        image.paste(color, (x, y, x + 16, y + 16))
    return image


def stored(orientation: int, kind: str) -> bytes:
    turn = STORED[orientation]
    image = six_fields() if turn is None else six_fields().transpose(turn)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    options = {"quality": 100} | ({"lossless": True} if kind == "WEBP" else {})
    return encoded(image, kind, exif=exif.tobytes(), **options)


def undecodable() -> bytes:
    """Write a PNG that is whole, of chunks with the right checksums, and without pixels."""
    return png()[:33] + chunk(b"IDAT", b"not compressed") + chunk(b"IEND")


def upload(content: bytes, name: str = "photo.png") -> SimpleUploadedFile:
    """Give bytes as a client's upload."""
    return SimpleUploadedFile(name, content)
