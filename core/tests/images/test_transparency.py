"""The transparent color of PNG (tRNS)."""

import struct
import zlib

import pytest
from PIL import Image

from core.tests.images.renditions import is_close, thumbnail
from tests.support.image_formats.icc_profiles import LINEAR_GRAY
from tests.support.image_formats.png import chunk
from tests.support.images import encode


def packed_png(
    depth: int, color_type: int, rows: list[list[int]], *chunks: bytes, interlaced: bool = False
) -> bytes:
    """Return a PNG of these samples, with a filter of 0 on each row."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color_type]
    width, height = len(rows[0]) // channels, len(rows)
    content = b""
    for row in rows:
        bits = "".join(format(sample, f"0{depth}b") for sample in row)
        bits += "0" * (-len(bits) % 8)
        content += b"\0" + int(bits, 2).to_bytes(len(bits) // 8)
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, interlaced)
    parts = [
        chunk(b"IHDR", header),
        *chunks,
        chunk(b"IDAT", zlib.compress(content)),
        chunk(b"IEND"),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


class TestTransparentColor:
    @pytest.mark.parametrize("size_limit", [64, 16])
    @pytest.mark.parametrize(
        ("depth", "key", "other"),
        [(1, 1, 0), (1, 0, 1), (2, 3, 1), (2, 0, 2), (4, 15, 3), (4, 6, 7), (8, 200, 3)],
    )
    def test_is_read_in_every_bit_depth_of_gray(self, depth, key, other, size_limit):
        rows = [[key] * 16 + [other] * 16] * 32
        image = thumbnail(
            packed_png(depth, 0, rows, chunk(b"tRNS", struct.pack(">H", key))), size_limit
        )

        shade = other * 255 // (2**depth - 1)
        assert image.getpixel((size_limit // 16, size_limit // 16))[3] == 0
        assert is_close(image.getpixel((image.width - 2, 4)), (shade,) * 3 + (255,))

    def test_is_read_in_16_bit_gray(self):
        rows = [[40_000, 40_001] * 8] * 16
        image = thumbnail(packed_png(16, 0, rows, chunk(b"tRNS", struct.pack(">H", 40_000))))

        assert [image.getpixel((x, 5))[3] for x in range(4)] == [0, 255, 0, 255]

    def test_is_read_in_16_bit_color(self):
        key, near = [40_000, 300, 2], [40_001, 300, 2]
        content = packed_png(
            16, 2, [key * 4 + near * 4] * 8, chunk(b"tRNS", struct.pack(">HHH", *key))
        )
        image = thumbnail(content)

        assert [image.getpixel((x, 5))[3] for x in range(8)] == [0] * 4 + [255] * 4

    def test_has_as_many_bits_as_the_image(self):
        rows = [[200] * 8] * 8

        for key, alpha in ((b"\1\xc8", 0), (b"\0\xc8", 0), (b"\0\xc7", 255)):
            image = thumbnail(packed_png(8, 0, rows, chunk(b"tRNS", key)))
            assert (*image.getpixel((1, 1)), 255)[3] == alpha

    @pytest.mark.parametrize("size", [1, 5])
    def test_is_ignored_if_truncated(self, size):
        assert thumbnail(packed_png(8, 2, [[1] * 24] * 8, chunk(b"tRNS", bytes(size)))).size == (
            8,
            8,
        )

    @pytest.mark.parametrize("size_limit", [256, 64])
    def test_is_kept_with_a_gray_profile(self, size_limit):
        gradient = Image.linear_gradient("L")
        content = encode(gradient, "PNG", transparency=255, icc_profile=LINEAR_GRAY)

        image = thumbnail(content, size_limit)

        assert is_close(
            image.getpixel((size_limit // 2, size_limit // 2)), (188, 188, 188, 255), within=3
        )
