"""What the values of a picture's pixels mean: modes, transparency and color profiles."""

from io import BytesIO

from PIL import Image, ImageCms

SRGB = ImageCms.createProfile("sRGB")


def to_resizable_mode(image: Image.Image) -> Image.Image:
    """Give a mode whose values can be averaged: palettes become colors, 16 bits become 8."""
    match image.mode:
        case "1" | "L" | "RGB" if "transparency" in image.info:  # one color is meant to be clear
            return image.convert("RGBA")
        case "P" | "PA":
            return image.convert("RGBA" if image.has_transparency_data else "RGB")
        case "1":
            return image.convert("L")
        case "I;16" | "I;16B" | "I":
            return image.point(lambda value: value / 256).convert("L")  # `convert` alone clips
        case _:
            return image


def convert_to_srgb(image: Image.Image) -> Image.Image:
    """Convert to RGB or RGBA in sRGB, through the embedded profile where it is sound."""
    image = to_resizable_mode(image)
    has_alpha = image.has_transparency_data
    alpha = image.convert("RGBA").getchannel("A") if has_alpha else None
    if has_alpha:
        image = image.convert("L" if image.mode == "LA" else "RGB")
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(image.info["icc_profile"]))
        converted = ImageCms.profileToProfile(image, profile, SRGB, outputMode="RGB")
    except (KeyError, OSError, ImageCms.PyCMSError):
        converted = image.convert("RGB")
    if alpha is not None:
        converted.putalpha(alpha)
    return converted
