"""EXIF orientation."""

from PIL import ExifTags, Image

from core.images.decoding import DECODER_ERRORS

Transpose = Image.Transpose
EXIF_TRANSPOSES = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
SWAPS_SIDES = {EXIF_TRANSPOSES[orientation] for orientation in (5, 6, 7, 8)}


def exif_transpose(image: Image.Image) -> Transpose | None:
    """Return the transposition that makes an image upright, from the EXIF in its header.

    Like browsers, ignore damaged EXIF and every other source (XMP).
    """
    exif = Image.Exif()
    try:
        exif.load(image.info.get("exif", b""))
        return EXIF_TRANSPOSES.get(exif.get(ExifTags.Base.Orientation))
    except DECODER_ERRORS:
        return None


def display_size(image: Image.Image) -> tuple[int, int]:
    """Return width and height once the EXIF orientation is applied."""
    width, height = image.size
    return (height, width) if exif_transpose(image) in SWAPS_SIDES else (width, height)
