"""Modes, transparency and color profiles."""

from collections.abc import Sequence
from io import BytesIO
from typing import cast

from PIL import Image, ImageChops, ImageCms

SRGB = ImageCms.createProfile("sRGB")


def to_resizable_mode(image: Image.Image) -> Image.Image:
    """Return the image in a mode whose values can be averaged: L, LA, RGB, RGBA or CMYK.

    Palettes are resolved, 16 bits reduced to 8, and a transparent color becomes an alpha channel.
    """
    transparent = image.info.get("transparency")
    match image.mode:
        case "P" | "PA":
            return image.convert("RGBA" if image.has_transparency_data else "RGB")
        case "1" | "L" if transparent is not None:
            return image.convert("LA")
        case "RGB" if transparent is not None:
            return image.convert("RGBA")
        case "1":
            return image.convert("L")
        case "I;16" | "I;16B" | "I":
            return convert_16_bit_gray(image, transparent)
        case _:
            return image


def convert_16_bit_gray(image: Image.Image, transparent: int | None) -> Image.Image:
    """Convert to L or LA by the upper eight bits, which `Image.convert` would clip."""
    wide = image.convert("I")
    gray = wide.point([value >> 8 for value in range(65536)], "L")
    if transparent is not None:
        gray.putalpha(wide.point([255 * (value != transparent) for value in range(65536)], "L"))
    return gray


def color_mask(image: Image.Image, color: Sequence[int]) -> Image.Image:
    """Return a mask that is white where an image has this color."""
    mask = Image.new("L", image.size, 255)
    for band, sample in zip(image.split(), color, strict=True):
        mask = ImageChops.darker(mask, band.point([255 * (v == sample) for v in range(256)]))
    return mask


def convert_to_srgb(image: Image.Image, icc_profile: bytes | None = None) -> Image.Image:
    """Convert to RGB or RGBA in sRGB. A profile that cannot be used is ignored."""
    image = to_resizable_mode(image)
    alpha = image.getchannel("A") if image.mode in {"LA", "RGBA"} else None
    if alpha is not None:
        image = image.convert("L" if image.mode == "LA" else "RGB")
    try:
        converted = apply_profile(image, icc_profile or b"")
    except (OSError, ImageCms.PyCMSError):
        converted = image.convert("RGB")
    if alpha is not None:
        converted.putalpha(alpha)
    return converted


def apply_profile(image: Image.Image, icc_profile: bytes) -> Image.Image:
    """Convert to RGB in sRGB.

    Raises `OSError` or `PyCMSError` for a profile that is damaged or of another color space.
    """
    if not icc_profile:
        return image.convert("RGB")
    profile = ImageCms.ImageCmsProfile(BytesIO(icc_profile))
    if image.mode == "L" and profile.profile.xcolor_space.strip() == "RGB":
        image = image.convert("RGB")  # as in browsers: many encoders keep the profile of RGB
    converted = ImageCms.profileToProfile(image, profile, SRGB, outputMode="RGB")
    return cast(Image.Image, converted)  # it is None for inPlace=True only
