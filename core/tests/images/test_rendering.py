"""The tests of `core.images.render`; the others are in test_images_metadata.py."""

import random
import struct
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import ExifTags, Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from core.images import ENCODER_OPTIONS, InvalidImage, read_metadata, render
from core.images.rendering import LOSSLESS_OPTIONS
from tests.support.image_formats.icc_profiles import ADOBE_RGB, COPYRIGHT, DISPLAY_P3
from tests.support.image_formats.png import flat_png
from tests.support.images import (
    GREEN,
    RED,
    STORED_TRANSPOSES,
    animated,
    asymmetric_image,
    encode,
    jpeg,
    noise,
    png,
    undecodable,
    with_orientation,
)

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
KINDS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF"]
SECRETS = [b"Secret camera", b"Secret XMP", b"Secret comment", COPYRIGHT, b"Secret text"]
PAYLOADS = [b"<script>alert(1)</script>", b"<?php system($_GET[0]); ?>", b"PK\x03\x04zipped"]


def thumbnail(content: bytes, box: int = 64) -> Image.Image:
    """Render, and decode what came out."""
    file = render(BytesIO(content), {"thumbnail": box}).files["thumbnail"]
    image = Image.open(BytesIO(file), formats=["WEBP"])
    image.load()
    return image


def color_of(content: bytes, box: int = 64) -> tuple[int, ...]:
    """Render, and give the color in the middle."""
    image = thumbnail(content, box)
    return image.getpixel((image.width // 2, image.height // 2))


def is_close(color: tuple[float, ...], expected: tuple[float, ...], within: float = 5) -> bool:
    return all(abs(a - b) <= within for a, b in zip(color, expected, strict=True))


def telling(kind: str) -> bytes:
    """Draw a picture that carries all the metadata that its kind can carry."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Secret camera"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSMapDatum] = "Secret camera's place"
    options = {
        "exif": exif.tobytes(),
        "icc_profile": DISPLAY_P3,
        "xmp": b"<x:xmpmeta>Secret XMP</x:xmpmeta>",
        "comment": b"Secret comment",
    }
    if kind == "PNG":
        text = PngInfo()
        text.add_text("Comment", "Secret text")
        text.add_itxt("XML:com.adobe.xmp", "Secret XMP")
        options |= {"pnginfo": text}
    return encode(asymmetric_image(), kind, **options)


PICTURE = noise("JPEG", (90, 60))


def jpeg_of_detail() -> bytes:
    """Draw as much detail as a photograph has, more of it in shapes than in noise."""
    coarse = Image.frombytes("RGB", (64, 48), random.Random(1).randbytes(3 * 64 * 48))
    return encode(coarse.resize((640, 480), Image.Resampling.BICUBIC), "JPEG", quality=95)


def chart(size: tuple[int, int]) -> Image.Image:
    """Draw bars with a frame."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for number, color in enumerate([RED, GREEN, (20, 30, 200), (240, 200, 0)]):
        left, top = size[0] * (1 + 2 * number) // 9, size[1] * (4 - number) // 6
        draw.rectangle((left, top, left + size[0] // 9, size[1] - 9), fill=color, outline="black")
    return image


class TestRender:
    def test_fits_each_box(self):
        renditions = render(BytesIO(noise("JPEG", (90, 60))), {"small": 30, "large": 60})

        sizes = {name: Image.open(BytesIO(file)).size for name, file in renditions.files.items()}
        assert sizes == {"small": (30, 20), "large": (60, 40)}

    def test_makes_every_file_decodable(self):
        renditions = render(BytesIO(noise("JPEG", (90, 60))), {"small": 30, "large": 60})

        for file in renditions.files.values():
            Image.open(BytesIO(file), formats=["WEBP"]).load()

    def test_adds_a_placeholder(self):
        assert 10 < len(render(BytesIO(png()), {"thumbnail": 30}).placeholder) < 40

    @pytest.mark.parametrize(
        ("original", "expected"),
        [
            ((1500, 1000), {300: (300, 200), 640: (640, 427), 1280: (1280, 853)}),
            ((1000, 1500), {300: (200, 300), 640: (427, 640), 1280: (853, 1280)}),
            ((1501, 997), {300: (300, 199), 640: (640, 425), 1280: (1280, 850)}),
            ((1281, 13), {300: (300, 3), 640: (640, 6), 1280: (1280, 13)}),
        ],
    )
    @pytest.mark.parametrize("kind", ["JPEG", "PNG"])
    def test_computes_each_size_from_the_original_s(self, kind, original, expected):
        content = encode(Image.new("RGB", original), kind)

        files = render(BytesIO(content), {str(size): size for size in expected}).files

        sizes = {int(name): Image.open(BytesIO(file)).size for name, file in files.items()}
        assert sizes == expected

    @pytest.mark.parametrize("size", [(1, 1), (8, 5), (64, 64)])
    def test_never_enlarges(self, size):
        assert thumbnail(png(size)).size == size

    @pytest.mark.parametrize(
        ("size", "expected"), [((20_000, 1), (64, 1)), ((1, 20_000), (1, 64)), ((900, 2), (64, 1))]
    )
    def test_keeps_a_pixel_of_the_narrowest_picture(self, size, expected):
        assert thumbnail(png(size)).size == expected

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
    @pytest.mark.parametrize("orientation", STORED_TRANSPOSES)
    def test_stands_upright(self, kind, orientation):
        image = thumbnail(with_orientation(orientation, kind))

        assert image.size == (48, 32)
        for x in (8, 24, 40):
            for y in (8, 24):
                expected = asymmetric_image().getpixel((x, y))
                assert is_close(image.getpixel((x, y)), expected, within=20), (x, y)

    def test_stands_upright_when_it_was_shrunk(self):
        image = thumbnail(with_orientation(6, "JPEG"), box=24)

        assert image.size == (24, 16)
        assert is_close(image.getpixel((4, 4)), (255, 0, 0), within=30)

    def test_stands_as_the_file_says_when_its_exif_is_damaged(self):
        assert thumbnail(encode(asymmetric_image(), "JPEG", exif=b"Exif\0\0damaged")).size == (
            48,
            32,
        )

    def test_follows_no_other_word_than_exif(self):
        xmp = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'

        assert thumbnail(encode(asymmetric_image(), "JPEG", xmp=xmp)).size == (48, 32)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize(
        ("profile", "expected"),
        [(DISPLAY_P3, (190, 117, 84)), (ADOBE_RGB, (200, 121, 88))],
        ids=["Display P3", "Adobe RGB"],
    )
    @pytest.mark.parametrize("box", [64, 16])
    def test_shows_a_color_of_another_space_as_it_was_meant(self, kind, profile, expected, box):
        image = Image.new("RGB", (32, 32), (180, 120, 90))
        content = encode(image, kind, icc_profile=profile, quality=100)

        assert is_close(color_of(content, box), expected)

    def test_ignores_a_broken_profile(self):
        content = png(color=(180, 120, 90), icc_profile=b"nonsense")

        assert is_close(color_of(content), (180, 120, 90))

    def test_turns_cmyk_into_rgb(self):
        content = jpeg(mode="CMYK", color=(0, 255, 255, 0), quality=100)

        assert is_close(color_of(content), (255, 0, 0))

    @pytest.mark.parametrize("box", [64, 8])
    def test_does_not_clip_sixteen_bit_gray(self, box):
        content = flat_png((16, 16), 16, 0, struct.pack(">H", 40_000))

        assert is_close(color_of(content, box), (156, 156, 156))

    def test_does_not_clip_sixteen_bit_color(self):
        content = flat_png((16, 16), 16, 2, struct.pack(">HHH", 40_000, 20_000, 10_000))

        assert is_close(color_of(content), (156, 78, 39))

    def test_keeps_the_alpha_of_sixteen_bits(self):
        pixel = struct.pack(">HHHH", 40_000, 20_000, 10_000, 32_768)

        assert color_of(flat_png((16, 16), 16, 6, pixel))[3] == 128

    @pytest.mark.parametrize("box", [64, 8])
    @pytest.mark.parametrize(
        ("mode", "color", "clear"),
        [
            ("L", 120, {"transparency": 120}),
            ("1", 1, {"transparency": 1}),
            ("RGB", RED, {"transparency": RED}),
            ("LA", (120, 0), {}),
            ("RGBA", (*RED, 0), {}),
        ],
    )
    def test_keeps_what_is_clear(self, mode, color, clear, box):
        assert color_of(png((16, 16), color, mode, **clear), box)[3] == 0

    @pytest.mark.parametrize("box", [64, 8])
    @pytest.mark.parametrize(
        ("kind", "clear"), [("PNG", 1), ("PNG", b"\xff\0"), ("GIF", 1)], ids=repr
    )
    def test_keeps_the_clear_color_of_a_palette(self, kind, clear, box):
        image = Image.new("P", (16, 16), 1)
        image.putpalette([*RED, *GREEN])

        assert color_of(encode(image, kind, transparency=clear), box)[3] == 0

    @pytest.mark.parametrize("box", [64, 8])
    def test_keeps_half_of_the_opacity_of_a_palette(self, box):
        image = Image.new("P", (16, 16), 1)
        image.putpalette([*RED, *RED])

        color = color_of(encode(image, "PNG", transparency=b"\xff\x80"), box)

        assert is_close(color, (*RED, 128))

    @pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
    def test_keeps_half_of_an_opacity(self, kind):
        image = Image.new("RGBA", (16, 16), (*RED, 128))

        assert is_close(color_of(encode(image, kind, quality=100)), (*RED, 128))

    def test_draws_no_fringe_where_a_color_was_meant_to_be_clear(self):
        image = Image.new("RGB", (90, 90), (255, 255, 255))
        image.paste((0, 0, 0), (0, 0, 40, 90))
        edge = thumbnail(encode(image, "PNG", transparency=(255, 255, 255)), box=9)

        assert not [pixel for pixel in edge.get_flattened_data() if pixel[3] and pixel[0] > 40]

    def test_has_no_alpha_without_need(self):
        assert thumbnail(png(mode="P", color=1)).mode == "RGB"

    def test_shows_black_and_white(self):
        assert color_of(png((16, 16), 1, "1")) == (255, 255, 255)

    def test_shows_gray(self):
        assert is_close(color_of(png((16, 16), 100, "L")), (100, 100, 100))

    @pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF", "MPO"])
    def test_shows_the_first_frame(self, kind):
        assert is_close(color_of(animated(kind)), RED)
        assert not is_close(RED, GREEN)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
    @pytest.mark.parametrize("box", [64, 16])
    def test_says_nothing_about_whoever_took_it(self, kind, box):
        content = telling(kind)
        assert any(secret in content for secret in SECRETS)

        files = render(BytesIO(content), {"small": box // 2, "large": box}).files.values()

        for file in files:
            assert not [secret for secret in SECRETS if secret in file]
            assert not [name for name in (b"EXIF", b"XMP ", b"ICCP", b"Secret") if name in file]

    @pytest.mark.parametrize("kind", KINDS)
    def test_says_nothing_in_avif_either(self, kind):
        for file in render(
            BytesIO(telling(kind)), {"small": 32, "large": 64}, "AVIF"
        ).files.values():
            assert not [secret for secret in SECRETS if secret in file]
            assert not [name for name in (b"Exif", b"mime", b"prof", b"rICC") if name in file]

    @pytest.mark.parametrize("orientation", STORED_TRANSPOSES)
    def test_is_upright_in_avif_too(self, orientation):
        file = render(
            BytesIO(with_orientation(orientation, "PNG")), {"thumbnail": 48}, "AVIF"
        ).files["thumbnail"]

        with Image.open(BytesIO(file), formats=["AVIF"]) as image:
            assert image.size == (48, 32)
            assert is_close(image.convert("RGB").getpixel((8, 8)), (255, 0, 0), within=20)

    def test_keeps_the_alpha_in_avif_too(self):
        clear = png((16, 16), (*RED, 128), "RGBA")
        file = render(BytesIO(clear), {"thumbnail": 16}, "AVIF").files["thumbnail"]

        with Image.open(BytesIO(file), formats=["AVIF"]) as image:
            assert is_close(image.getpixel((8, 8)), (*RED, 128))

    @pytest.mark.parametrize("kind", ["PNG", "GIF"])
    @pytest.mark.parametrize("size", [(200, 200), (900, 600)])
    def test_keeps_a_drawing_as_it_is(self, kind, size):
        drawing = chart(size)
        file = render(BytesIO(encode(drawing, kind)), {"small": 100, "large": 900}).files["large"]

        assert b"VP8L" in file
        assert Image.open(BytesIO(file)).convert("RGB").tobytes() == drawing.tobytes()

    def test_keeps_a_drawing_s_alpha(self):
        drawing = Image.new("RGBA", (64, 64))
        drawing.paste((*RED, 255), (8, 8, 40, 40))
        file = render(BytesIO(encode(drawing, "PNG")), {"large": 64}).files["large"]

        assert b"VP8L" in file
        assert Image.open(BytesIO(file)).getpixel((20, 20)) == (*RED, 255)

    @pytest.mark.parametrize("kind", ["PNG", "JPEG"])
    def test_takes_less_room_for_a_photograph_than_without_loss(self, kind):
        photograph = encode(Image.open(BytesIO(jpeg_of_detail())), kind)
        files = render(BytesIO(photograph), {"small": 100, "large": 640}).files

        assert not [name for name, file in files.items() if b"VP8L" in file]

    @pytest.mark.parametrize("mode", ["L", "RGB"])
    def test_is_never_larger_than_without_loss(self, mode):
        noisy = Image.effect_noise((200, 200), 20).convert(mode)
        file = render(BytesIO(encode(noisy, "PNG")), {"large": 200}).files["large"]

        assert len(file) <= len(encode(noisy.convert("RGB"), "WEBP", **LOSSLESS_OPTIONS))

    def test_takes_less_room_in_avif(self):
        content = jpeg_of_detail()
        webp, avif = (
            render(BytesIO(content), {"large": 640}, kind).files["large"]
            for kind in ENCODER_OPTIONS
        )

        assert len(avif) < len(webp)

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("payload", PAYLOADS)
    def test_carries_nothing_that_was_hidden_behind_the_picture(self, kind, payload):
        for file in render(BytesIO(noise(kind) + payload), {"thumbnail": 64}).files.values():
            assert payload not in file

    @pytest.mark.parametrize("payload", PAYLOADS)
    def test_carries_nothing_that_was_hidden_inside_the_file(self, payload):
        for content in (jpeg(comment=payload), encode(asymmetric_image(), "GIF", comment=payload)):
            assert payload in content
            assert payload not in render(BytesIO(content), {"thumbnail": 64}).files["thumbnail"]

    @pytest.mark.parametrize("step", ["resize", "save"])
    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (MemoryError, "too-large-to-decode"),
            *((error, "broken-image") for error in DECODER_ERRORS),
        ],
    )
    def test_refuses_what_cannot_be_brought_to_an_end(self, monkeypatch, step, error, code):
        def fail(*arguments: object, **options: object) -> None:
            raise error

        monkeypatch.setattr(Image.Image, step, fail)

        with pytest.raises(InvalidImage) as caught:
            render(BytesIO(PICTURE), {"thumbnail": 30})

        assert caught.value.code == code

    @pytest.mark.parametrize("step", ["resize", "save"])
    def test_lets_through_what_comes_from_outside(self, monkeypatch, step):
        def interrupt(*arguments: object, **options: object) -> None:
            raise StopAsyncIteration

        monkeypatch.setattr(Image.Image, step, interrupt)

        with pytest.raises(StopAsyncIteration):
            render(BytesIO(PICTURE), {"thumbnail": 30}, propagated=(StopAsyncIteration,))

    @pytest.mark.parametrize("kind", KINDS)
    def test_refuses_a_file_that_was_cut_off(self, kind):
        whole = noise(kind)

        with pytest.raises(InvalidImage):
            render(BytesIO(whole[: len(whole) // 2]), {"thumbnail": 64})

    def test_refuses_pixels_that_do_not_decode(self):
        with pytest.raises(InvalidImage) as caught:
            render(BytesIO(undecodable()), {"thumbnail": 64})

        assert caught.value.code == "broken-image"

    @pytest.mark.parametrize("kind", KINDS)
    def test_refuses_or_shows_whatever_bytes_it_is_given(self, kind):
        dice, whole = random.Random(1), noise(kind, (20, 20))
        for _ in range(100):
            content = bytearray(whole)
            for _ in range(dice.choice([1, 3, 30])):
                content[dice.randrange(len(content))] = dice.choice(
                    [0, 1, 255, dice.randrange(256)]
                )
            with suppress(InvalidImage):
                read_metadata(BytesIO(content))
                render(BytesIO(content), {"thumbnail": 16})
