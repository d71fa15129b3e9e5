import pytest
from PIL import Image

from core.tests.images.renditions import color_of, is_accepted, is_close, rejection_code
from tests.support.image_formats.icc_profiles import DISPLAY_P3
from tests.support.image_formats.isobmff import box, move_pixels_to_idat
from tests.support.images import GREEN, RED, animated, encode, noise


class TestReadAvif:
    @pytest.mark.parametrize("order", [(b"II*\0", b"XX*\0"), (b"MM\0*", b"XX\0*")])
    def test_accepts_damaged_exif(self, order):
        exif = Image.Exif()
        exif[0x10F] = "Acme"
        content = encode(Image.new("RGB", (32, 32), RED), "AVIF", exif=exif, xmp=b"damaged")

        assert is_close(color_of(content.replace(*order)), RED)

    @pytest.mark.parametrize("size", [(32, 32), (64, 16)])
    def test_accepts_pixels_in_an_idat_box(self, size):
        content = move_pixels_to_idat(encode(Image.new("RGB", size, RED), "AVIF"))

        assert is_close(color_of(content), RED)
        assert rejection_code(content[:-8]) == "broken-image"

    @pytest.mark.parametrize(
        ("primaries", "transfer", "expected"),
        [
            (12, 13, (190, 117, 84)),
            (9, 13, (211, 111, 83)),
            (9, 1, (211, 111, 83)),
            (1, 8, (220, 182, 161)),
            (1, 1, (180, 120, 90)),
            (2, 2, (180, 120, 90)),
        ],
    )
    def test_reads_nclx_colors(self, primaries, transfer, expected):
        content = encode(Image.new("RGB", (32, 32), (180, 120, 90)), "AVIF", quality=100)
        at = content.index(b"nclx") + 4
        content = content[:at] + bytes([0, primaries, 0, transfer]) + content[at + 4 :]

        assert is_close(color_of(content), expected)

    def test_prefers_an_icc_profile_to_nclx_colors(self):
        image = Image.new("RGB", (32, 32), (180, 120, 90))
        content = encode(image, "AVIF", quality=100, icc_profile=DISPLAY_P3)

        assert is_close(color_of(content), (190, 117, 84))

    def test_shows_the_first_image_of_a_sequence(self):
        assert is_close(color_of(animated("AVIF", (32, 32))), RED)
        assert not is_close(RED, GREEN)

    def test_accepts_trailing_data(self):
        for rest in (bytes(5), b"<script>alert(1)</script>", box(b"free", bytes(100))):
            assert is_accepted(noise("AVIF") + rest)
