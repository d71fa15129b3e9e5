import struct
from io import BytesIO

import pytest
from PIL import Image

from core.images import render
from core.tests.images.renditions import color_of, is_close, thumbnail
from tests.support.image_formats.icc_profiles import ADOBE_RGB, DISPLAY_P3
from tests.support.image_formats.png import flat_png
from tests.support.images import GREEN, RED, encode, jpeg, png


class TestColors:
    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize(
        ("profile", "expected"),
        [(DISPLAY_P3, (190, 117, 84)), (ADOBE_RGB, (200, 121, 88))],
        ids=["Display P3", "Adobe RGB"],
    )
    @pytest.mark.parametrize("size_limit", [64, 16])
    def test_converts_other_color_spaces_to_srgb(self, format_, profile, expected, size_limit):
        image = Image.new("RGB", (32, 32), (180, 120, 90))
        content = encode(image, format_, icc_profile=profile, quality=100)

        assert is_close(color_of(content, size_limit), expected)

    def test_ignores_a_damaged_profile(self):
        content = png(color=(180, 120, 90), icc_profile=b"nonsense")

        assert is_close(color_of(content), (180, 120, 90))

    def test_converts_cmyk_to_rgb(self):
        content = jpeg(mode="CMYK", color=(0, 255, 255, 0), quality=100)

        assert is_close(color_of(content), (255, 0, 0))

    @pytest.mark.parametrize("size_limit", [64, 8])
    def test_scales_16_bit_gray(self, size_limit):
        content = flat_png((16, 16), 16, 0, struct.pack(">H", 40_000))

        assert is_close(color_of(content, size_limit), (156, 156, 156))

    def test_scales_16_bit_color(self):
        content = flat_png((16, 16), 16, 2, struct.pack(">HHH", 40_000, 20_000, 10_000))

        assert is_close(color_of(content), (156, 78, 39))

    def test_converts_black_and_white(self):
        assert color_of(png((16, 16), 1, "1")) == (255, 255, 255)

    def test_converts_gray(self):
        assert is_close(color_of(png((16, 16), 100, "L")), (100, 100, 100))


class TestAlpha:
    def test_scales_16_bit_alpha(self):
        pixel = struct.pack(">HHHH", 40_000, 20_000, 10_000, 32_768)

        assert color_of(flat_png((16, 16), 16, 6, pixel))[3] == 128

    @pytest.mark.parametrize("size_limit", [64, 8])
    @pytest.mark.parametrize(
        ("mode", "color", "options"),
        [
            ("L", 120, {"transparency": 120}),
            ("1", 1, {"transparency": 1}),
            ("RGB", RED, {"transparency": RED}),
            ("LA", (120, 0), {}),
            ("RGBA", (*RED, 0), {}),
        ],
    )
    def test_keeps_transparency_in_every_mode(self, mode, color, options, size_limit):
        assert color_of(png((16, 16), color, mode, **options), size_limit)[3] == 0

    @pytest.mark.parametrize("size_limit", [64, 8])
    @pytest.mark.parametrize(
        ("format_", "transparency"), [("PNG", 1), ("PNG", b"\xff\0"), ("GIF", 1)], ids=repr
    )
    def test_keeps_the_transparent_color_of_a_palette(self, format_, transparency, size_limit):
        image = Image.new("P", (16, 16), 1)
        image.putpalette([*RED, *GREEN])

        assert color_of(encode(image, format_, transparency=transparency), size_limit)[3] == 0

    @pytest.mark.parametrize("size_limit", [64, 8])
    def test_keeps_semi_transparency_of_a_palette(self, size_limit):
        image = Image.new("P", (16, 16), 1)
        image.putpalette([*RED, *RED])

        color = color_of(encode(image, "PNG", transparency=b"\xff\x80"), size_limit)

        assert is_close(color, (*RED, 128))

    @pytest.mark.parametrize("format_", ["PNG", "WEBP", "AVIF"])
    def test_keeps_semi_transparency(self, format_):
        image = Image.new("RGBA", (16, 16), (*RED, 128))

        assert is_close(color_of(encode(image, format_, quality=100)), (*RED, 128))

    def test_draws_no_fringe_around_a_transparent_color(self):
        image = Image.new("RGB", (90, 90), (255, 255, 255))
        image.paste((0, 0, 0), (0, 0, 40, 90))
        edge = thumbnail(encode(image, "PNG", transparency=(255, 255, 255)), size=9)

        assert not [pixel for pixel in edge.get_flattened_data() if pixel[3] and pixel[0] > 40]

    def test_has_no_alpha_channel_for_an_opaque_image(self):
        assert thumbnail(png(mode="P", color=1)).mode == "RGB"

    def test_keeps_semi_transparency_in_avif_renditions(self):
        content = png((16, 16), (*RED, 128), "RGBA")
        file = render(BytesIO(content), {"thumbnail": 16}, "AVIF").files["thumbnail"]

        with Image.open(BytesIO(file), formats=["AVIF"]) as image:
            assert is_close(image.getpixel((8, 8)), (*RED, 128))
