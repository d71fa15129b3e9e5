"""What the tests of images have in common: what a file is rendered to, or why it is rejected."""

from io import BytesIO

import pytest
from PIL import Image

from core.images import InvalidImage, read_metadata, render


def thumbnail(content: bytes, size: int = 64) -> Image.Image:
    """Render a file, and return the decoded result."""
    file = render(BytesIO(content), {"thumbnail": size}).files["thumbnail"]
    image = Image.open(BytesIO(file), formats=["WEBP"])
    image.load()
    return image


def color_of(content: bytes, size: int = 64) -> tuple[int, ...]:
    """Render a file, and return the color in the middle."""
    image = thumbnail(content, size)
    return image.getpixel((image.width // 2, image.height // 2))


def is_close(color: tuple[float, ...], expected: tuple[float, ...], within: float = 5) -> bool:
    return all(abs(a - b) <= within for a, b in zip(color, expected, strict=True))


def is_accepted(content: bytes) -> bool:
    """Check that metadata is read, and that the image decodes."""
    metadata = read_metadata(BytesIO(content))
    return bool(metadata.width and render(BytesIO(content), {"thumbnail": 64}).files)


def rejection_code(content: bytes) -> str:
    """Return why a file is rejected by its metadata alone."""
    with pytest.raises(InvalidImage) as caught:
        read_metadata(BytesIO(content))
    return caught.value.code
