"""Pictures for tests, drawn when they are asked for: the repository holds no image files."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

Size = tuple[int, int]
RED = (200, 30, 40)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Save a picture as `kind`, one of Pillow's names of formats."""
    output = BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def png(size: Size = (8, 8), color: Any = RED, mode: str = "RGB", **options: Any) -> bytes:
    return encoded(Image.new(mode, size, color), "PNG", **options)


def jpeg(size: Size = (8, 8), color: Any = RED, mode: str = "RGB", **options: Any) -> bytes:
    return encoded(Image.new(mode, size, color), "JPEG", **options)


def upload(content: bytes, name: str = "photo.png") -> SimpleUploadedFile:
    """Give bytes as a client's upload."""
    return SimpleUploadedFile(name, content)
