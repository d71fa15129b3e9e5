import random
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from core.images import ENCODER_OPTIONS, render
from core.images.rendering import LOSSLESS_OPTIONS
from tests.support.images import GREEN, RED, encode


def jpeg_of_detail() -> bytes:
    """Return as much detail as a photograph has, more of it in shapes than in noise."""
    coarse = Image.frombytes("RGB", (64, 48), random.Random(1).randbytes(3 * 64 * 48))
    return encode(coarse.resize((640, 480), Image.Resampling.BICUBIC), "JPEG", quality=95)


def chart(size: tuple[int, int]) -> Image.Image:
    """Return a bar chart with outlines."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for number, color in enumerate([RED, GREEN, (20, 30, 200), (240, 200, 0)]):
        left, top = size[0] * (1 + 2 * number) // 9, size[1] * (4 - number) // 6
        draw.rectangle((left, top, left + size[0] // 9, size[1] - 9), fill=color, outline="black")
    return image


class TestEncoding:
    @pytest.mark.parametrize("format_", ["PNG", "GIF"])
    @pytest.mark.parametrize("size", [(200, 200), (900, 600)])
    def test_is_lossless_for_a_drawing(self, format_, size):
        drawing = chart(size)
        file = render(BytesIO(encode(drawing, format_)), {"small": 100, "large": 900}).files[
            "large"
        ]

        assert b"VP8L" in file
        assert Image.open(BytesIO(file)).convert("RGB").tobytes() == drawing.tobytes()

    def test_is_lossless_for_a_drawing_with_alpha(self):
        drawing = Image.new("RGBA", (64, 64))
        drawing.paste((*RED, 255), (8, 8, 40, 40))
        file = render(BytesIO(encode(drawing, "PNG")), {"large": 64}).files["large"]

        assert b"VP8L" in file
        assert Image.open(BytesIO(file)).getpixel((20, 20)) == (*RED, 255)

    @pytest.mark.parametrize("format_", ["PNG", "JPEG"])
    def test_is_lossy_for_a_photograph(self, format_):
        photograph = encode(Image.open(BytesIO(jpeg_of_detail())), format_)
        files = render(BytesIO(photograph), {"small": 100, "large": 640}).files

        assert not [name for name, file in files.items() if b"VP8L" in file]

    @pytest.mark.parametrize("mode", ["L", "RGB"])
    def test_is_never_larger_than_lossless(self, mode):
        noisy = Image.effect_noise((200, 200), 20).convert(mode)
        file = render(BytesIO(encode(noisy, "PNG")), {"large": 200}).files["large"]

        assert len(file) <= len(encode(noisy.convert("RGB"), "WEBP", **LOSSLESS_OPTIONS))

    def test_is_smaller_as_avif(self):
        content = jpeg_of_detail()
        webp, avif = (
            render(BytesIO(content), {"large": 640}, format_).files["large"]
            for format_ in ENCODER_OPTIONS
        )

        assert len(avif) < len(webp)
