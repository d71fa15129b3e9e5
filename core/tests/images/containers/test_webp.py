import struct

from PIL import Image

from core.tests.images.renditions import color_of, is_accepted, is_close
from tests.support.image_formats.icc_profiles import DISPLAY_P3
from tests.support.image_formats.webp import riff_chunk
from tests.support.images import asymmetric_image, encode


class TestReadWebp:
    def test_accepts_unknown_chunks(self):
        whole = encode(asymmetric_image(), "WEBP", exif=b"Exif\0\0damaged", icc_profile=DISPLAY_P3)
        body = whole[8:] + riff_chunk(b"abcd", bytes(2_000_001))

        assert is_accepted(b"RIFF" + struct.pack("<I", len(body)) + body)

    def test_accepts_many_frames(self):
        frames = [Image.new("RGB", (8, 8), (number % 256, 0, 0)) for number in range(500)]
        content = encode(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=20)

        assert is_accepted(content)

    def test_keeps_alpha_and_profile(self):
        image = Image.new("RGBA", (16, 16), (180, 120, 90, 128))
        content = encode(image, "WEBP", icc_profile=DISPLAY_P3, lossless=True)

        assert is_close(color_of(content), (190, 117, 84, 128))

    def test_ignores_alpha_and_profile_without_their_flags(self):
        image = Image.new("RGBA", (16, 16), (180, 120, 90, 0))
        whole = encode(image, "WEBP", quality=100, exact=True, icc_profile=DISPLAY_P3)
        denied = whole[:20] + bytes([whole[20] & ~0x30]) + whole[21:]

        assert color_of(whole)[3] == 0
        assert is_close(color_of(denied), (180, 120, 90))
