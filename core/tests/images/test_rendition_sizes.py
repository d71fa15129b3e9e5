from io import BytesIO

import pytest
from PIL import Image

from core.images import render
from core.tests.images.renditions import is_close, thumbnail
from tests.support.images import (
    STORED_TRANSPOSES,
    asymmetric_image,
    encode,
    noise,
    png,
    with_orientation,
)


class TestSizes:
    def test_fit_each_maximum(self):
        renditions = render(BytesIO(noise("JPEG", (90, 60))), {"small": 30, "large": 60})

        sizes = {name: Image.open(BytesIO(file)).size for name, file in renditions.files.items()}
        assert sizes == {"small": (30, 20), "large": (60, 40)}

    @pytest.mark.parametrize(
        ("full_size", "expected"),
        [
            ((1500, 1000), {300: (300, 200), 640: (640, 427), 1280: (1280, 853)}),
            ((1000, 1500), {300: (200, 300), 640: (427, 640), 1280: (853, 1280)}),
            ((1501, 997), {300: (300, 199), 640: (640, 425), 1280: (1280, 850)}),
            ((1281, 13), {300: (300, 3), 640: (640, 6), 1280: (1280, 13)}),
        ],
    )
    @pytest.mark.parametrize("format_", ["JPEG", "PNG"])
    def test_derive_from_the_full_size(self, format_, full_size, expected):
        content = encode(Image.new("RGB", full_size), format_)

        files = render(BytesIO(content), {str(size): size for size in expected}).files

        sizes = {int(name): Image.open(BytesIO(file)).size for name, file in files.items()}
        assert sizes == expected

    @pytest.mark.parametrize("size", [(1, 1), (8, 5), (64, 64)])
    def test_are_never_upscaled(self, size):
        assert thumbnail(png(size)).size == size

    @pytest.mark.parametrize(
        ("size", "expected"), [((20_000, 1), (64, 1)), ((1, 20_000), (1, 64)), ((900, 2), (64, 1))]
    )
    def test_have_at_least_one_pixel_a_side(self, size, expected):
        assert thumbnail(png(size)).size == expected


class TestOrientation:
    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "AVIF"])
    @pytest.mark.parametrize("orientation", STORED_TRANSPOSES)
    def test_is_applied(self, format_, orientation):
        image = thumbnail(with_orientation(orientation, format_))

        assert image.size == (48, 32)
        for x in (8, 24, 40):
            for y in (8, 24):
                expected = asymmetric_image().getpixel((x, y))
                assert is_close(image.getpixel((x, y)), expected, within=20), (x, y)

    def test_is_applied_to_a_downscaled_image(self):
        image = thumbnail(with_orientation(6, "JPEG"), size=24)

        assert image.size == (24, 16)
        assert is_close(image.getpixel((4, 4)), (255, 0, 0), within=30)

    def test_is_ignored_in_damaged_exif(self):
        assert thumbnail(encode(asymmetric_image(), "JPEG", exif=b"Exif\0\0damaged")).size == (
            48,
            32,
        )

    def test_is_ignored_in_xmp(self):
        xmp = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'

        assert thumbnail(encode(asymmetric_image(), "JPEG", xmp=xmp)).size == (48, 32)

    @pytest.mark.parametrize("orientation", STORED_TRANSPOSES)
    def test_is_applied_to_avif_renditions(self, orientation):
        file = render(
            BytesIO(with_orientation(orientation, "PNG")), {"thumbnail": 48}, "AVIF"
        ).files["thumbnail"]

        with Image.open(BytesIO(file), formats=["AVIF"]) as image:
            assert image.size == (48, 32)
            assert is_close(image.convert("RGB").getpixel((8, 8)), (255, 0, 0), within=20)
