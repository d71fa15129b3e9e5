"""Patterns that the image corpus is made of."""

from functools import cache

from PIL import Image

SIZE = (160, 120)


@cache
def gradients() -> Image.Image:
    """Return an image of soft shapes and many colors."""
    x, y = (Image.linear_gradient("L").rotate(turn).resize(SIZE) for turn in (0, 90))
    radial = Image.radial_gradient("L").resize(SIZE)
    return Image.merge("RGB", [x, y, radial])


@cache
def tiles() -> Image.Image:
    """Return an image of flat squares, which suit a palette."""
    return gradients().resize((20, 15)).resize(SIZE, Image.Resampling.NEAREST)


@cache
def alpha_gradient() -> Image.Image:
    """Return an alpha channel: opaque in one corner, transparent in the opposite one."""
    return Image.linear_gradient("L").rotate(45).resize(SIZE)


def gradients_in(mode: str) -> Image.Image:
    image = gradients().convert("L" if mode == "LA" else "RGB")
    if mode in {"LA", "RGBA"}:
        image.putalpha(alpha_gradient())
    return image


def gradients_with_flat_patch() -> Image.Image:
    """Return the gradients with a large patch of one of its colors."""
    image = gradients().copy()
    image.paste(image.getpixel((80, 60)), (60, 40, 130, 100))
    return image
