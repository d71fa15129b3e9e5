"""What the values of an image's pixels mean: modes, transparency and color profiles."""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageChops, ImageCms

SRGB = ImageCms.createProfile("sRGB")


def to_resizable_mode(image: Image.Image) -> Image.Image:
    """Return a mode whose values can be averaged: L, LA, RGB, RGBA or CMYK.

    Palettes become colors, 16 bits become 8, and the transparent color becomes alpha.
    """
    key = image.info.get("transparency")
    match image.mode:
        case "P" | "PA":
            return image.convert("RGBA" if image.has_transparency_data else "RGB")
        case "1" | "L" if key is not None:
            return image.convert("LA")
        case "RGB" if key is not None:
            return image.convert("RGBA")
        case "1":
            return image.convert("L")
        case "I;16" | "I;16B" | "I":
            return from_16_bit_gray(image, key)
        case _:
            return image


def from_16_bit_gray(image: Image.Image, key: int | None) -> Image.Image:
    """Return eight of sixteen bits, which `convert` alone would clip."""
    wide = image.convert("I")
    gray = wide.point([value >> 8 for value in range(65536)], "L")
    if key is not None:
        gray.putalpha(wide.point([255 * (value != key) for value in range(65536)], "L"))
    return gray


def color_mask(image: Image.Image, color: Sequence[int]) -> Image.Image:
    """Return a mask that is white where an image has this color."""
    white = Image.new("L", image.size, 255)
    for band, wanted in zip(image.split(), color, strict=True):
        white = ImageChops.darker(white, band.point([255 * (v == wanted) for v in range(256)]))
    return white


def convert_to_srgb(image: Image.Image, icc_profile: bytes | None = None) -> Image.Image:
    """Convert to RGB or RGBA in sRGB, through the profile where it is sound."""
    image = to_resizable_mode(image)
    alpha = image.getchannel("A") if image.mode in {"LA", "RGBA"} else None
    if alpha is not None:
        image = image.convert("L" if image.mode == "LA" else "RGB")
    try:
        converted = through_profile(image, icc_profile or b"")
    except (OSError, ImageCms.PyCMSError):
        converted = image.convert("RGB")
    if alpha is not None:
        converted.putalpha(alpha)
    return converted


def through_profile(image: Image.Image, icc_profile: bytes) -> Image.Image:
    """Convert to sRGB. Raises `OSError` and `PyCMSError` for a profile of other colors."""
    if not icc_profile:
        return image.convert("RGB")
    profile = ImageCms.ImageCmsProfile(BytesIO(icc_profile))
    if image.mode == "L" and profile.profile.xcolor_space.strip() == "RGB":
        image = image.convert("RGB")  # as in browsers: many encoders make gray of RGB
    return ImageCms.profileToProfile(image, profile, SRGB, outputMode="RGB")
