from base64 import b64decode

import pytest
from PIL import Image

from core.images.thumbhash import thumbhash


def pattern(width: int, height: int, has_alpha: bool) -> Image.Image:
    """Return an asymmetric image in which no coefficient is zero."""
    image = Image.new("RGBA", (width, height))
    for x in range(width):
        for y in range(height):
            red, green, blue, alpha = (
                (7 * x * x + 13 * y * y + 5 * x * y + 31 * shift) % 256
                for shift in (0, 1 + x, 2 + y, 3)
            )
            image.putpixel((x, y), (red, green, blue, alpha if has_alpha else 255))
    return image


def decoded(hash_: str) -> bytes:
    return b64decode(hash_ + "=" * (-len(hash_) % 4), validate=True)


class TestThumbhash:
    @pytest.mark.parametrize(
        ("size", "has_alpha", "expected"),
        # What `rgbaToThumbHash` of npm's thumbhash 0.1.1, the reference, returns for these pixels.
        [
            ((32, 20), False, "IAgCDIJyw0aLNYNgmTUgh8eg4w"),
            ((13, 32), False, "3wcCCwKKPHKEeGB59hknkDQ"),
            ((16, 16), False, "4PcBFwJwxUVnZFVwkEcWprV7B1tKFT8K"),
            ((32, 24), True, "3teBBIIHtZZdJICpIgdoCVuOraWlh3d5Dw"),
            ((20, 30), True, "nueBCwIHl01iBCqliCBwuY951MZpdtY"),
            ((100, 3), False, "4PcBCYIzA0oMQtlDCEhv71o"),
            ((3, 100), True, "3reBAQQHkGaYpTcwePZnZ2iYfImY9yU"),
            ((1, 1), False, "iMYRXxAI9wiIh4hwj3CI+AiIcH/494cP"),
        ],
    )
    def test_equals_the_reference_implementation(self, size, has_alpha, expected):
        assert thumbhash(pattern(*size, has_alpha)) == expected

    def test_is_small(self):
        sizes = [(32, 20), (13, 32), (16, 16), (32, 1), (1, 32)]
        hashes = [thumbhash(pattern(*size, alpha)) for size in sizes for alpha in (False, True)]

        assert all(len(hash_) <= 36 for hash_ in hashes)

    def test_is_base64_without_padding(self):
        hash_ = thumbhash(pattern(16, 10, False))

        assert len(hash_) % 4
        assert decoded(hash_)

    @pytest.mark.parametrize("has_alpha", [False, True])
    def test_has_an_alpha_flag(self, has_alpha):
        head = decoded(thumbhash(pattern(16, 16, has_alpha)))[:3]

        assert bool(int.from_bytes(head, "little") >> 23) == has_alpha

    def test_starts_with_the_average_color(self):
        head = decoded(thumbhash(Image.new("RGBA", (8, 8), "white")))[:3]

        assert int.from_bytes(head, "little") & 63 == 63

    def test_accepts_a_fully_transparent_image(self):
        assert thumbhash(Image.new("RGBA", (8, 8), (200, 30, 40, 0)))
