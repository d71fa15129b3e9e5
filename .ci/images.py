"""Writes an image as a phone takes it, and compares thumbnails with their originals."""

import sys

from PIL import Image, ImageChops, ImageOps, ImageStat

LONGER_SIDE = 300
TOLERANCE = 8  # of 255, on average: WebP is lossy; an image on its side differs by 40 and more


def write_phone_image(file: str) -> None:
    """Write 12 megapixels: 3000 by 4000 in four colors, stored on their left side."""
    colors = Image.new("RGB", (2, 2))
    colors.putdata([(220, 40, 40), (40, 180, 60), (50, 70, 220), (240, 220, 60)])
    noise = Image.effect_noise((3000, 4000), 40).convert("RGB")
    upright = Image.blend(colors.resize(noise.size, Image.Resampling.NEAREST), noise, 0.2)
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: display it rotated by 90 degrees, clockwise
    upright.transpose(Image.Transpose.ROTATE_90).save(file, quality=85, exif=exif)


def compare_thumbnail(original: str, thumbnail: str) -> None:
    """Exit with a message if the thumbnail does not show the downscaled, upright original."""
    with Image.open(thumbnail) as image:
        small = image.convert("RGB")
    with Image.open(original) as image:
        expected = ImageOps.exif_transpose(image).convert("RGB").resize(small.size)
    if max(small.size) != LONGER_SIDE:
        sys.exit(f"The thumbnail of {original} is {small.width} by {small.height}.")
    difference = sum(ImageStat.Stat(ImageChops.difference(small, expected)).mean) / 3
    if difference > TOLERANCE:
        sys.exit(f"The thumbnail of {original} shows something else: it differs by {difference}.")


if __name__ == "__main__":
    {"write": write_phone_image, "compare": compare_thumbnail}[sys.argv[1]](*sys.argv[2:])
