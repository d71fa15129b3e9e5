import pytest

from core.images.signatures import is_complete, sniff_rejected_format
from core.tests.pictures import animated, noise, png

KINDS = ["JPEG", "GIF", "AVIF"]


class TestUntakenKind:
    @pytest.mark.parametrize(
        ("start", "kind"),
        [
            (b"BM\x3a\x00\x00\x00", "BMP"),
            (b"II*\x00\x08\x00", "TIFF"),
            (b"MM\x00*\x00\x00", "TIFF"),
            (b"%!PS-Adobe-3.0 EPSF-3.0", "EPS"),
            (b"8BPS\x00\x01", "PSD"),
            (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
            (b"\x00\x00\x00\x18ftypmsf1\x00\x00\x00\x00", "HEIC"),
            (b'<svg xmlns="http://www.w3.org/2000/svg">', "SVG"),
            (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a comment -->\n<svg>', "SVG"),
        ],
    )
    def test_names_a_kind_of_picture(self, start, kind):
        assert sniff_rejected_format(start) == kind

    @pytest.mark.parametrize("start", [b"", b"B", b"just text", b"<!doctype html>", b"%PDF-1.7"])
    def test_is_none_for_what_is_no_picture(self, start):
        assert sniff_rejected_format(start) is None


class TestIsComplete:
    @pytest.mark.parametrize("kind", KINDS)
    def test_is_true_for_a_whole_file(self, kind):
        assert is_complete(kind, noise(kind))

    @pytest.mark.parametrize("kind", KINDS)
    def test_is_true_with_something_behind_the_picture(self, kind):
        assert is_complete(kind, noise(kind) + b"\0" * 20)

    @pytest.mark.parametrize("kind", KINDS)
    def test_is_false_wherever_the_file_was_cut_off(self, kind):
        whole = noise(kind, size=(20, 20))

        assert not [size for size in range(len(whole) - 2) if is_complete(kind, whole[:size])]

    def test_is_true_for_an_animation(self):
        assert is_complete("GIF", animated("GIF"))

    def test_is_true_for_a_gif_with_color_tables_of_its_frames(self):
        assert is_complete("GIF", own_color_table(noise("GIF")))

    def test_is_false_wherever_such_a_gif_was_cut_off(self):
        whole = own_color_table(noise("GIF", size=(20, 20)))

        assert not [size for size in range(len(whole) - 2) if is_complete("GIF", whole[:size])]

    def test_finds_the_end_of_a_box_with_a_long_size(self):
        box = (1).to_bytes(4) + b"mdat" + (24).to_bytes(8) + b"12345678"

        assert is_complete("AVIF", box)
        assert not is_complete("AVIF", box[:-1])

    def test_finds_the_end_of_a_box_that_reaches_to_the_end(self):
        assert is_complete("AVIF", bytes(4) + b"mdat" + b"12345678")

    @pytest.mark.parametrize("byte", [b"\xff", b"\0", b"\1"])
    def test_ends_for_boxes_of_nonsense(self, byte):
        assert not is_complete("AVIF", byte * 1000)

    def test_leaves_the_other_kinds_to_pillow(self):
        assert is_complete("PNG", png()[:20])


def own_color_table(gif: bytes) -> bytes:
    """Move a GIF's color table from the file's head into its first frame."""
    flags, table = gif[10], gif[13 : 13 + 768]
    assert flags == 0x87, "768 bytes of colors"
    frame = gif.index(b"\x2c\0\0\0\0", 13 + 768)
    return b"".join(
        [
            gif[:10] + bytes([0]) + gif[11:13],
            gif[13 + 768 : frame + 9] + bytes([gif[frame + 9] | flags]),
            table + gif[frame + 10 :],
        ]
    )
