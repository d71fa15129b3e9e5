"""Images for tests, made on demand: the repository holds no image files."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

from tests.support.image_formats.png import chunk

Size = tuple[int, int]
RED = (200, 30, 40)
GREEN = (30, 160, 60)
# How a camera stores an upright image under each EXIF orientation. For 6, say, the first stored row
# is the image's right side, and the first stored column its top.
STORED_TRANSPOSES = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def encode(image: Image.Image, format_: str, **options: Any) -> bytes:
    """Return the bytes of an image in one of Pillow's formats."""
    output = BytesIO()
    image.save(output, format_, **options)
    return output.getvalue()


def png(size: Size = (8, 8), color: Any = RED, mode: str = "RGB", **options: Any) -> bytes:
    return encode(Image.new(mode, size, color), "PNG", **options)


def jpeg(size: Size = (8, 8), color: Any = RED, mode: str = "RGB", **options: Any) -> bytes:
    return encode(Image.new(mode, size, color), "JPEG", **options)


def animated(format_: str, size: Size = (8, 8)) -> bytes:
    """Return an animation of a red frame and a green one."""
    first, second = Image.new("RGB", size, RED), Image.new("RGB", size, GREEN)
    return encode(first, format_, save_all=True, append_images=[second], duration=100)


def noise(format_: str, size: Size = (64, 64)) -> bytes:
    """Return an image that does not compress, so that most of the file is pixels."""
    return encode(Image.effect_noise(size, 80).convert("RGB"), format_)


def asymmetric_image() -> Image.Image:
    """Return an image that no transpose leaves unchanged: 3 by 2 fields of 16 pixels."""
    image = Image.new("RGB", (48, 32))
    colors = ["red", "lime", "blue", "yellow", "white", "black"]
    for number, color in enumerate(colors):
        x, y = 16 * (number % 3), 16 * (number // 3)
        image.paste(color, (x, y, x + 16, y + 16))
    return image


def with_orientation(
    orientation: int, format_: str, image: Image.Image | None = None, **options: Any
) -> bytes:
    """Encode an image as a camera stores it under an EXIF orientation."""
    image, transpose = image or asymmetric_image(), STORED_TRANSPOSES[orientation]
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    if not options:
        options = {"quality": 100} | ({"lossless": True} if format_ == "WEBP" else {})
    stored = image if transpose is None else image.transpose(transpose)
    return encode(stored, format_, exif=exif.tobytes(), **options)


def undecodable() -> bytes:
    """Return a complete PNG, of chunks with correct checksums, whose pixels are not compressed."""
    return png()[:33] + chunk(b"IDAT", b"not compressed") + chunk(b"IEND")


def is_decodable(content: bytes) -> bool:
    """Return whether a file is an image down to its last pixel."""
    try:
        with Image.open(BytesIO(content)) as image:
            image.load()
    except (OSError, ValueError, SyntaxError):
        return False
    return True


def upload(content: bytes, name: str = "photo.png") -> SimpleUploadedFile:
    """Return bytes as an uploaded file."""
    return SimpleUploadedFile(name, content)
