import random
import struct
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image

from core.images import InvalidImage, read_metadata, render
from core.tests.images.renditions import color_of, is_close
from tests.support.images import GREEN, RED, animated, noise, png, undecodable

DECODER_ERRORS = [
    OSError,
    AssertionError,
    SyntaxError,
    struct.error,
    RecursionError,
    KeyError,
    SystemError,
    NotImplementedError,
    Image.DecompressionBombWarning,
]

FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF"]

CONTENT = noise("JPEG", (90, 60))


class TestRender:
    def test_returns_decodable_files(self):
        renditions = render(BytesIO(noise("JPEG", (90, 60))), {"small": 30, "large": 60})

        for file in renditions.files.values():
            Image.open(BytesIO(file), formats=["WEBP"]).load()

    def test_returns_a_placeholder(self):
        assert 10 < len(render(BytesIO(png()), {"thumbnail": 30}).placeholder) < 40

    @pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG", "AVIF", "MPO"])
    def test_shows_the_first_frame(self, format_):
        assert is_close(color_of(animated(format_)), RED)
        assert not is_close(RED, GREEN)

    @pytest.mark.parametrize("step", ["resize", "save"])
    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (MemoryError, "too-large-to-decode"),
            *((error, "broken-image") for error in DECODER_ERRORS),
        ],
    )
    def test_raises_invalid_image_for_decoder_errors(self, monkeypatch, step, error, code):
        def fail(*arguments: object, **options: object) -> None:
            raise error

        monkeypatch.setattr(Image.Image, step, fail)

        with pytest.raises(InvalidImage) as caught:
            render(BytesIO(CONTENT), {"thumbnail": 30})

        assert caught.value.code == code

    @pytest.mark.parametrize("step", ["resize", "save"])
    def test_raises_propagated_exceptions(self, monkeypatch, step):
        def interrupt(*arguments: object, **options: object) -> None:
            raise StopAsyncIteration

        monkeypatch.setattr(Image.Image, step, interrupt)

        with pytest.raises(StopAsyncIteration):
            render(BytesIO(CONTENT), {"thumbnail": 30}, propagated=(StopAsyncIteration,))

    @pytest.mark.parametrize("format_", FORMATS)
    def test_rejects_a_truncated_file(self, format_):
        whole = noise(format_)

        with pytest.raises(InvalidImage):
            render(BytesIO(whole[: len(whole) // 2]), {"thumbnail": 64})

    def test_rejects_undecodable_pixels(self):
        with pytest.raises(InvalidImage) as caught:
            render(BytesIO(undecodable()), {"thumbnail": 64})

        assert caught.value.code == "broken-image"

    @pytest.mark.parametrize("format_", FORMATS)
    def test_rejects_or_renders_any_bytes(self, format_):
        rng, whole = random.Random(1), noise(format_, (20, 20))
        for _ in range(100):
            content = bytearray(whole)
            for _ in range(rng.choice([1, 3, 30])):
                content[rng.randrange(len(content))] = rng.choice([0, 1, 255, rng.randrange(256)])
            with suppress(InvalidImage):
                read_metadata(BytesIO(content))
                render(BytesIO(content), {"thumbnail": 16})
