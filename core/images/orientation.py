"""EXIF orientation: how a stored image is transposed for display."""

from typing import Literal

from PIL import Image

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
SWAPS_SIDES = {5, 6, 7, 8}

ORIENTATION = 0x0112
BYTE_ORDERS: dict[bytes, Literal["little", "big"]] = {b"II*\0": "little", b"MM\0*": "big"}
INTEGER_SIZES = {1: 1, 3: 2, 4: 4}  # EXIF's BYTE, SHORT and LONG
MAX_ENTRIES = 1000  # cameras write less than a hundred


def read_orientation(exif: bytes) -> int:
    """Return the orientation, from 1 to 8. It is 1 where EXIF is absent or damaged.

    Pillow's reader copies every value of the directory, however many share the same bytes.
    """
    tiff = exif.removeprefix(b"Exif\0\0")
    order = BYTE_ORDERS.get(tiff[:4])
    if order is None:
        return 1
    directory = int.from_bytes(tiff[4:8], order)
    count = int.from_bytes(tiff[directory : directory + 2], order)
    for number in range(min(count, MAX_ENTRIES)):
        at = directory + 2 + 12 * number
        if int.from_bytes(tiff[at : at + 2], order) == ORIENTATION:
            size = INTEGER_SIZES.get(int.from_bytes(tiff[at + 2 : at + 4], order), 0)
            value = int.from_bytes(tiff[at + 8 : at + 8 + size], order)
            return value if 1 <= value <= 8 else 1
    return 1
