from collections.abc import Sequence

import pytest
from PIL import Image, ImageCms

from core.images.color import SRGB, convert_to_srgb, to_resizable_mode
from tests.support.image_formats.icc_profiles import (
    ADOBE_RGB,
    CMYK_ALL_GRAY,
    DISPLAY_P3,
    LINEAR_GRAY,
)


def patch(mode: str, color: object) -> Image.Image:
    return Image.new(mode, (2, 2), color)


def is_close(color: Sequence[float], expected: Sequence[float], within: float = 1.5) -> bool:
    return all(abs(a - b) <= within for a, b in zip(color, expected, strict=True))


class TestConvertToSrgb:
    @pytest.mark.parametrize(
        ("profile", "color", "expected"),
        # The expected values were computed from the spaces' definitions, without a profile.
        [
            (DISPLAY_P3, (180, 120, 90), (190.3, 116.6, 84.0)),
            (DISPLAY_P3, (90, 160, 110), (60.7, 162.1, 105.1)),
            (DISPLAY_P3, (200, 60, 60), (217.5, 41.6, 52.3)),
            (ADOBE_RGB, (180, 120, 90), (199.5, 120.8, 87.9)),
            (ADOBE_RGB, (60, 90, 170), (36.1, 89.6, 174.0)),
            (ADOBE_RGB, (128, 128, 128), (129.0, 129.0, 129.0)),
        ],
    )
    def test_converts_other_color_spaces(self, profile, color, expected):
        converted = convert_to_srgb(patch("RGB", color), profile)

        assert is_close(converted.getpixel((0, 0)), expected)

    def test_keeps_srgb_unchanged(self):
        srgb = ImageCms.ImageCmsProfile(SRGB).tobytes()

        assert convert_to_srgb(patch("RGB", (200, 30, 40)), srgb).getpixel((0, 0)) == (200, 30, 40)

    def test_keeps_alpha_with_a_profile(self):
        converted = convert_to_srgb(patch("RGBA", (180, 120, 90, 77)), DISPLAY_P3)

        assert is_close(converted.getpixel((0, 0)), (190, 117, 84, 77))

    def test_converts_gray_by_its_profile(self):
        assert is_close(convert_to_srgb(patch("L", 128), LINEAR_GRAY).getpixel((0, 0)), (188,) * 3)

    def test_converts_gray_with_alpha_by_its_profile(self):
        converted = convert_to_srgb(patch("LA", (128, 77)), LINEAR_GRAY)

        assert is_close(converted.getpixel((0, 0)), (188, 188, 188, 77))

    def test_converts_cmyk_by_its_profile(self):
        converted = convert_to_srgb(patch("CMYK", (255, 0, 0, 0)), CMYK_ALL_GRAY)

        assert is_close(converted.getpixel((0, 0)), (119, 119, 119), within=2)

    def test_converts_cmyk_without_a_profile(self):
        assert convert_to_srgb(patch("CMYK", (0, 255, 255, 0))).getpixel((0, 0)) == (255, 0, 0)

    @pytest.mark.parametrize("profile", [b"", b"nonsense" * 40, DISPLAY_P3[:200], CMYK_ALL_GRAY])
    def test_ignores_an_unusable_profile(self, profile):
        assert convert_to_srgb(patch("RGB", (200, 30, 40)), profile).getpixel((0, 0)) == (
            200,
            30,
            40,
        )

    @pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "I;16"])
    def test_returns_rgb_for_an_opaque_image(self, mode):
        assert convert_to_srgb(Image.new(mode, (2, 2))).mode == "RGB"

    @pytest.mark.parametrize("mode", ["LA", "PA", "RGBA"])
    def test_returns_rgba_for_an_image_with_alpha(self, mode):
        assert convert_to_srgb(Image.new(mode, (2, 2))).mode == "RGBA"


class TestToResizableMode:
    @pytest.mark.parametrize(("value", "expected"), [(0, 0), (40_000, 156), (65_535, 255)])
    def test_scales_16_bits_instead_of_clipping(self, value, expected):
        assert to_resizable_mode(patch("I;16", value)).getpixel((0, 0)) == expected

    def test_converts_black_and_white_to_gray(self):
        image = to_resizable_mode(patch("1", 1))

        assert (image.mode, image.getpixel((0, 0))) == ("L", 255)

    @pytest.mark.parametrize(("mode", "color"), [("1", 255), ("L", 120), ("RGB", (1, 2, 3))])
    def test_converts_a_transparent_color_to_alpha(self, mode, color):
        image = patch(mode, color)
        image.info["transparency"] = color

        assert to_resizable_mode(image).getpixel((0, 0))[-1] == 0
