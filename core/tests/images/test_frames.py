"""Frames that are smaller than their canvas, and animations."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from core.images import read_metadata, render
from core.tests.images.renditions import is_close, thumbnail
from tests.support.image_formats.png import chunk
from tests.support.images import GREEN, RED, animated, encode, png

TRANSPARENT = (0, 0, 0, 0)


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


class TestFrames:
    @pytest.mark.parametrize("disposal", [0, 1, 2, 3])
    @pytest.mark.parametrize("place", [(8, 8), (0, 0), (32, 0), (0, 32)])
    def test_leave_a_gif_transparent_around_them(self, place, disposal):
        image = thumbnail(gif((64, 64), (*place, 32, 32), disposal=disposal))

        for x in (4, 36, 60):
            for y in (4, 36, 60):
                inside = all(at <= v < at + 32 for at, v in zip(place, (x, y), strict=True))
                expected = (*RED, 255) if inside else TRANSPARENT
                assert is_close(image.getpixel((x, y)), expected, within=8) or not inside
                assert image.getpixel((x, y))[3] == expected[3]

    def test_enlarge_the_canvas_of_a_gif(self):
        content = gif((8, 8), (0, 0, 40, 24))

        metadata = read_metadata(BytesIO(content))

        assert (metadata.width, metadata.height) == (40, 24)
        assert thumbnail(content).size == (40, 24)

    def test_keep_the_transparent_color_of_a_gif(self):
        assert thumbnail(gif((32, 32), (0, 0, 32, 32), key=0)).getpixel((5, 5))[3] == 0

    def test_without_transparency_have_no_alpha_channel(self):
        assert thumbnail(gif((32, 32), (0, 0, 32, 32))).mode == "RGB"

    def test_leave_a_webp_transparent_around_them(self):
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
    def test_keep_semi_transparency(self, format_):
        first, second = (Image.new("RGBA", (16, 16), (*color, 128)) for color in (RED, GREEN))
        content = encode(
            first, format_, save_all=True, append_images=[second], duration=9, quality=100
        )

        assert is_close(thumbnail(content).getpixel((5, 5)), (*RED, 128))


class TestAnimatedPng:
    def test_shows_the_first_frame_instead_of_the_default_image(self):
        image = thumbnail(apng())

        assert image.size == (64, 64)
        assert is_close(image.getpixel((32, 32)), (*GREEN, 255))
        assert image.getpixel((4, 4))[3] == image.getpixel((60, 32))[3] == 0

    def test_shows_a_default_image_that_is_the_first_frame(self):
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
    def test_shows_the_default_image_of_an_invalid_animation(self, frame):
        assert is_close(thumbnail(apng(frame=frame)).getpixel((9, 9)), RED)

    @pytest.mark.parametrize("count", [0, 2**31, 2**32 - 1])
    def test_shows_the_default_image_for_an_invalid_number_of_frames(self, count):
        valid = chunk(b"acTL", struct.pack(">II", 1, 0))
        content = apng().replace(valid, chunk(b"acTL", struct.pack(">II", count, 0)))

        assert is_close(thumbnail(content).getpixel((9, 9)), RED)

    def test_shows_the_default_image_for_a_late_actl(self):
        control = chunk(b"acTL", struct.pack(">II", 1, 0))
        content = apng().replace(control, b"")
        at = content.index(b"fcTL") - 4

        assert is_close(thumbnail(content[:at] + control + content[at:]).getpixel((9, 9)), RED)

    def test_fits_each_size(self):
        files = render(BytesIO(apng()), {"small": 16, "large": 32}).files

        assert {Image.open(BytesIO(file)).size for file in files.values()} == {(16, 16), (32, 32)}
