import struct

import pytest
from PIL import Image

from core.images.color import convert_to_srgb
from core.images.color_spaces import cicp_profile, gamma_profile, hlg, pq

P3_CHROMATICITIES = struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)


def converted(color: tuple[int, ...], profile: bytes | None) -> tuple[int, ...]:
    return convert_to_srgb(Image.new("RGB", (2, 2), color), profile).getpixel((0, 0))


def is_close(color: tuple[float, ...], expected: tuple[float, ...], within: float = 2) -> bool:
    return all(abs(a - b) <= within for a, b in zip(color, expected, strict=True))


class TestCicpProfile:
    @pytest.mark.parametrize(
        ("primaries", "transfer", "color", "expected"),
        # Computed from the definitions of the spaces, without a profile.
        [
            (12, 13, (180, 120, 90), (190.3, 116.6, 84.0)),
            (12, 13, (90, 160, 110), (60.7, 162.1, 105.1)),
            (9, 13, (128, 128, 128), (128, 128, 128)),
            (9, 13, (140, 128, 120), (146.4, 126.8, 118.4)),
            (1, 8, (55, 55, 55), (128, 128, 128)),
            (1, 8, (180, 120, 90), (217.7, 181.9, 159.8)),
            (1, 4, (128, 128, 128), (128.9, 128.9, 128.9)),
            (12, 8, (55, 55, 55), (128, 128, 128)),
        ],
    )
    def test_converts_colors_to_srgb(self, primaries, transfer, color, expected):
        assert is_close(converted(color, cicp_profile(primaries, transfer)), expected)

    @pytest.mark.parametrize("primaries", [1, 5, 6, 9, 11, 12, 22])
    @pytest.mark.parametrize("transfer", [1, 8, 13, 16, 18])
    def test_keeps_gray_neutral(self, primaries, transfer):
        if profile := cicp_profile(primaries, transfer):
            red, green, blue = converted((150, 150, 150), profile)
            assert max(red, green, blue) - min(red, green, blue) <= 2

    @pytest.mark.parametrize(
        ("primaries", "transfer"), [(1, 13), (1, 1), (2, 2), (1, 2), (2, 13), (0, 0), (99, 99)]
    )
    def test_is_none_for_srgb_and_unspecified_numbers(self, primaries, transfer):
        assert cicp_profile(primaries, transfer) is None


class TestHighDynamicRange:
    @pytest.mark.parametrize(("curve", "white"), [(pq, 0.5807), (hlg, 0.75)])
    def test_maps_sdr_white_to_nearly_white(self, curve, white):
        assert 0.88 < curve(white) < 0.93

    @pytest.mark.parametrize("curve", [pq, hlg])
    def test_increases_from_black_to_white(self, curve):
        values = [curve(step / 255) for step in range(256)]

        assert values[0] == 0
        assert values == sorted(values)
        assert 0.98 < values[-1] <= 1

    @pytest.mark.parametrize(("code", "nits"), [(0.3, 9.9), (0.4, 32.5), (0.5, 92.2)])
    def test_keeps_darker_values_unchanged(self, code, nits):
        assert pq(code) == pytest.approx(nits / 203, rel=0.02)


class TestGammaProfile:
    @pytest.mark.parametrize(
        ("gamma", "chromaticities", "color", "expected"),
        [
            (100_000, b"", (55, 55, 55), (128, 128, 128)),
            (100_000, b"", (180, 120, 90), (217.7, 181.9, 159.8)),
            (45_455, b"", (128, 128, 128), (128.9, 128.9, 128.9)),
            (55_556, b"", (128, 128, 128), (146.6, 146.6, 146.6)),
            (0, P3_CHROMATICITIES, (180, 120, 90), (190.3, 116.6, 84.0)),
        ],
    )
    def test_converts_colors_to_srgb(self, gamma, chromaticities, color, expected):
        profile = gamma_profile(struct.pack(">I", gamma) if gamma else b"", chromaticities)

        assert is_close(converted(color, profile), expected)

    @pytest.mark.parametrize(
        "chromaticities",
        [b"", bytes(32), bytes(31), struct.pack(">8I", *[30000] * 8), b"\xff" * 32],
    )
    def test_is_none_for_missing_or_impossible_values(self, chromaticities):
        assert gamma_profile(b"", chromaticities) is None
