"""The tests of `core.images.render` for frames and colors that are transparent."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from core.images import read_metadata, render
from core.tests.images.test_rendering import is_close, thumbnail
from tests.support.image_formats.icc_profiles import LINEAR_GRAY
from tests.support.image_formats.png import chunk
from tests.support.images import animated, encode, png

RED, GREEN = (200, 30, 40), (30, 160, 60)
TRANSPARENT = (0, 0, 0, 0)


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


def gif(
    screen: tuple[int, int], frame: tuple[int, int, int, int], *, disposal: int = 0, key: int = -1
) -> bytes:
    """Return a GIF of one red frame, at x and y, with width and height."""
    red = encode(Image.new("P", frame[2:], 1), "GIF")
    pixels = red[red.index(b"\x2c\0\0\0\0") + 10 :]
    control = struct.pack("<BBBBHBB", 0x21, 0xF9, 4, disposal << 2 | (key >= 0), 0, max(key, 0), 0)
    palette = bytes([*RED, 0, 0, 255]) + bytes(762)
    head = b"GIF89a" + struct.pack("<HH", *screen) + b"\xf7\0\0" + palette
    return head + control + b"\x2c" + struct.pack("<HHHHB", *frame, 0) + pixels


class TestTransparentColor:
    @pytest.mark.parametrize("box", [64, 16])
    @pytest.mark.parametrize(
        ("depth", "key", "other"),
        [(1, 1, 0), (1, 0, 1), (2, 3, 1), (2, 0, 2), (4, 15, 3), (4, 6, 7), (8, 200, 3)],
    )
    def test_is_read_in_every_depth_of_gray(self, depth, key, other, box):
        rows = [[key] * 16 + [other] * 16] * 32
        image = thumbnail(packed_png(depth, 0, rows, chunk(b"tRNS", struct.pack(">H", key))), box)

        shade = other * 255 // (2**depth - 1)
        assert image.getpixel((box // 16, box // 16))[3] == 0
        assert is_close(image.getpixel((image.width - 2, 4)), (shade,) * 3 + (255,))

    def test_is_read_in_sixteen_bits_of_gray(self):
        rows = [[40_000, 40_001] * 8] * 16
        image = thumbnail(packed_png(16, 0, rows, chunk(b"tRNS", struct.pack(">H", 40_000))))

        assert [image.getpixel((x, 5))[3] for x in range(4)] == [0, 255, 0, 255]

    def test_is_read_in_sixteen_bits_of_color(self):
        key, near = [40_000, 300, 2], [40_001, 300, 2]
        content = packed_png(
            16, 2, [key * 4 + near * 4] * 8, chunk(b"tRNS", struct.pack(">HHH", *key))
        )
        image = thumbnail(content)

        assert [image.getpixel((x, 5))[3] for x in range(8)] == [0] * 4 + [255] * 4

    def test_has_no_more_bits_than_the_image(self):
        rows = [[200] * 8] * 8

        for key, alpha in ((b"\1\xc8", 0), (b"\0\xc8", 0), (b"\0\xc7", 255)):
            image = thumbnail(packed_png(8, 0, rows, chunk(b"tRNS", key)))
            assert (*image.getpixel((1, 1)), 255)[3] == alpha

    @pytest.mark.parametrize("size", [1, 5])
    def test_is_ignored_where_it_is_cut_off(self, size):
        assert thumbnail(packed_png(8, 2, [[1] * 24] * 8, chunk(b"tRNS", bytes(size)))).size == (
            8,
            8,
        )

    @pytest.mark.parametrize("box", [256, 64])
    def test_leaves_a_gray_profile_in_force(self, box):
        gradient = Image.linear_gradient("L")
        content = encode(gradient, "PNG", transparency=255, icc_profile=LINEAR_GRAY)

        image = thumbnail(content, box)

        assert is_close(image.getpixel((box // 2, box // 2)), (188, 188, 188, 255), within=3)


class TestFrames:
    @pytest.mark.parametrize("disposal", [0, 1, 2, 3])
    @pytest.mark.parametrize("place", [(8, 8), (0, 0), (32, 0), (0, 32)])
    def test_a_gif_is_transparent_where_its_frame_does_not_reach(self, place, disposal):
        image = thumbnail(gif((64, 64), (*place, 32, 32), disposal=disposal))

        for x in (4, 36, 60):
            for y in (4, 36, 60):
                inside = all(at <= v < at + 32 for at, v in zip(place, (x, y), strict=True))
                expected = (*RED, 255) if inside else TRANSPARENT
                assert is_close(image.getpixel((x, y)), expected, within=8) or not inside
                assert image.getpixel((x, y))[3] == expected[3]

    def test_a_gif_grows_with_a_frame_that_is_larger(self):
        content = gif((8, 8), (0, 0, 40, 24))

        metadata = read_metadata(BytesIO(content))

        assert (metadata.width, metadata.height) == (40, 24)
        assert thumbnail(content).size == (40, 24)

    def test_a_gif_keeps_its_transparent_color(self):
        assert thumbnail(gif((32, 32), (0, 0, 32, 32), key=0)).getpixel((5, 5))[3] == 0

    def test_a_gif_that_fills_its_screen_has_no_alpha(self):
        assert thumbnail(gif((32, 32), (0, 0, 32, 32))).mode == "RGB"

    def test_a_webp_is_transparent_where_its_frame_does_not_reach(self):
        pixels = encode(Image.new("RGB", (16, 16), RED), "WEBP", lossless=True)[12:]
        place = (4).to_bytes(3, "little") * 2 + (15).to_bytes(3, "little") * 2
        frame = place + bytes(4) + pixels
        canvas = b"VP8X" + struct.pack("<I", 10) + b"\x12\0\0\0" + (63).to_bytes(3, "little") * 2
        loop = b"ANIM" + struct.pack("<I", 6) + b"\xff\0\0\xff\0\0"
        body = b"WEBP" + canvas + loop + b"ANMF" + struct.pack("<I", len(frame)) + frame
        image = thumbnail(b"RIFF" + struct.pack("<I", len(body)) + body)

        assert image.size == (64, 64)
        assert image.getpixel((2, 2))[3] == image.getpixel((40, 40))[3] == 0
        assert is_close(image.getpixel((16, 16)), (*RED, 255))

    @pytest.mark.parametrize("format_", ["PNG", "WEBP"])
    def test_the_first_one_keeps_half_of_its_opacity(self, format_):
        first, second = (Image.new("RGBA", (16, 16), (*color, 128)) for color in (RED, GREEN))
        content = encode(
            first, format_, save_all=True, append_images=[second], duration=9, quality=100
        )

        assert is_close(thumbnail(content).getpixel((5, 5)), (*RED, 128))


def apng(frame: bytes | None = None) -> bytes:
    """Return a red image of 64 by 64 whose animation has another, green one."""
    default = png((64, 64), RED)
    control = frame or struct.pack(">IIIIIHHBB", 0, 32, 32, 16, 16, 1, 10, 0, 0)
    pixels = zlib.compress((b"\0" + bytes(GREEN) * 32) * 32)
    moving = chunk(b"fcTL", control) + chunk(b"fdAT", b"\0\0\0\1" + pixels)
    return (
        default[:33]
        + chunk(b"acTL", struct.pack(">II", 1, 0))
        + default[33:-12]
        + moving
        + default[-12:]
    )


class TestAnimatedPng:
    def test_shows_the_first_frame_and_not_the_default_image(self):
        image = thumbnail(apng())

        assert image.size == (64, 64)
        assert is_close(image.getpixel((32, 32)), (*GREEN, 255))
        assert image.getpixel((4, 4))[3] == image.getpixel((60, 32))[3] == 0

    def test_shows_the_default_image_where_that_is_the_first_frame(self):
        assert is_close(thumbnail(animated("PNG", (32, 32))).getpixel((9, 9)), RED)

    @pytest.mark.parametrize(
        "frame",
        [
            struct.pack(">IIIIIHHBB", 0, 65, 32, 0, 0, 1, 10, 0, 0),
            struct.pack(">IIIIIHHBB", 0, 32, 32, 48, 48, 1, 10, 0, 0),
            struct.pack(">IIIIIHHBB", 0, 0, 0, 0, 0, 1, 10, 0, 0),
            bytes(8),
        ],
        ids=["too wide", "outside", "empty", "cut off"],
    )
    def test_shows_the_default_image_where_the_animation_cannot_be_used(self, frame):
        assert is_close(thumbnail(apng(frame=frame)).getpixel((9, 9)), RED)

    @pytest.mark.parametrize("count", [0, 2**31, 2**32 - 1])
    def test_shows_the_default_image_where_the_number_of_frames_is_none(self, count):
        valid = chunk(b"acTL", struct.pack(">II", 1, 0))
        content = apng().replace(valid, chunk(b"acTL", struct.pack(">II", count, 0)))

        assert is_close(thumbnail(content).getpixel((9, 9)), RED)

    def test_shows_the_default_image_where_the_animation_is_announced_too_late(self):
        control = chunk(b"acTL", struct.pack(">II", 1, 0))
        content = apng().replace(control, b"")
        at = content.index(b"fcTL") - 4

        assert is_close(thumbnail(content[:at] + control + content[at:]).getpixel((9, 9)), RED)

    def test_fits_each_size(self):
        files = render(BytesIO(apng()), {"small": 16, "large": 32}).files

        assert {Image.open(BytesIO(file)).size for file in files.values()} == {(16, 16), (32, 32)}
