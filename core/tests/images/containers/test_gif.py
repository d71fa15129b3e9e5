import pytest
from PIL import Image

from core.tests.images.renditions import color_of, is_accepted, is_close
from tests.support.images import animated, asymmetric_image, encode, noise


class TestReadGif:
    def test_accepts_megabytes_of_pixels(self):
        assert is_accepted(noise("GIF", (1500, 1500)))

    @pytest.mark.parametrize("count", [2, 1500])
    def test_accepts_many_frames(self, count):
        frames = [Image.new("P", (8, 8), number % 7) for number in range(count)]
        content = encode(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=20)

        assert is_accepted(content)

    def test_accepts_xmp_that_reads_as_sub_blocks(self):
        xmp = b"<x:xmpmeta>" + b"some words " * 100_000
        trailer = bytes([1, *range(255, -1, -1), 0])
        whole = animated("GIF")
        at = 13 + 3 * 2 ** (1 + whole[10] % 8)

        assert is_accepted(whole[:at] + b"\x21\xff\x0bXMP DataXMP" + xmp + trailer + whole[at:])

    def test_accepts_a_local_color_table(self):
        whole = encode(asymmetric_image(), "GIF")
        size = 3 * 2 ** (1 + whole[10] % 8)
        table, rest = whole[13 : 13 + size], whole[13 + size :]
        at = rest.index(b"\x2c\0\0\0\0") + 9
        own = rest[:at] + bytes([rest[at] | whole[10] & 0x87]) + table + rest[at + 1 :]
        content = whole[:10] + bytes([whole[10] & 0x78]) + whole[11:13] + own

        assert is_close(color_of(content, size=48), color_of(whole, size=48))

    def test_accepts_a_file_truncated_after_the_first_frame(self):
        assert is_accepted(animated("GIF")[:-20])

    @pytest.mark.parametrize("size", [(8, 8), (40, 30), (200, 150)])
    def test_accepts_pixels_without_their_terminator(self, size):
        assert is_accepted(noise("GIF", size)[:-2])
