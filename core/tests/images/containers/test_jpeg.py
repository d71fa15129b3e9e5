from io import BytesIO

import pytest
from PIL import Image

from core.images import UnsupportedFormat, read_metadata
from core.tests.images.renditions import color_of, is_accepted, is_close, rejection_code
from tests.support.image_formats.icc_profiles import DISPLAY_P3
from tests.support.image_formats.jpeg import segment
from tests.support.images import RED, encode, jpeg, noise


class TestReadJpeg:
    @pytest.mark.parametrize(
        "segments",
        [
            segment(0xE1, b"Exif\0\0MM\0*" + bytes(65_000)) * 31,
            segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(65_000)) * 30,
            segment(0xED, b"Photoshop 3.0\0" + b"8BIM\4\4\0\0\0\0\0\x0a" + bytes(10)) * 20,
            segment(0xE2, b"MPF\0MM\0*" + bytes(100)),
            segment(0xE2, b"FPXR\0" + bytes(2000)) * 200,
            segment(0xFE, b"comment") * 50,
            segment(0xED, b"Photoshop 3.0\0" + b"8BIM\3\xed\0\0\0\0\0\1a"),
            segment(0xE0, b"JFIF\0"),
            segment(0xE0, b""),
            segment(0xEE, b"Adobe"),
            b"\xff" * 100,
            segment(0xE5) + b"junk",
        ],
        ids=lambda content: repr(content[:20]),
    )
    def test_accepts_segments_of_cameras_and_editors(self, segments):
        whole = jpeg((40, 30))

        assert is_accepted(whole[:2] + segments + whole[2:])

    @pytest.mark.parametrize("version", [b"", b"\1", b"\1\1\0\0\1\0\1\0"])
    def test_accepts_a_truncated_jfif_segment(self, version):
        whole = jpeg((40, 30), RED, quality=95)
        end = 4 + int.from_bytes(whole[4:6])
        short = whole[:2] + segment(0xE0, b"JFIF\0" + version) + whole[end:]

        assert is_close(color_of(short), RED)

    @pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1]])
    def test_reads_a_profile_in_parts(self, order):
        size = len(DISPLAY_P3) // 3 + 1
        parts = [
            segment(0xE2, b"ICC_PROFILE\0" + bytes([n + 1, 3]) + DISPLAY_P3[n * size :][:size])
            for n in range(3)
        ]
        whole = jpeg((40, 30), (180, 120, 90), quality=100)

        content = whole[:2] + b"".join(parts[number] for number in order) + whole[2:]

        assert is_close(color_of(content), (190, 117, 84))

    def test_ignores_an_incomplete_profile(self):
        part = segment(0xE2, b"ICC_PROFILE\0\1\2" + DISPLAY_P3)
        whole = jpeg((40, 30), (180, 120, 90), quality=100)

        assert is_close(color_of(whole[:2] + part + whole[2:]), (180, 120, 90))

    @pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 2}])
    @pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
    def test_accepts_a_truncated_file_with_all_pixels_only(self, options, mode):
        noisy = Image.open(BytesIO(noise("JPEG", (70, 50)))).convert(mode)
        whole = encode(noisy, "JPEG", **options)

        for missing in (1, 2):
            assert is_accepted(whole[:-missing])
        for part in (0.4, 0.7, 0.9):
            assert rejection_code(whole[: int(len(whole) * part)]) == "broken-image"

    @pytest.mark.parametrize("options", [{"progressive": True}, {"subsampling": 0}])
    def test_accepts_every_encoding(self, options):
        assert is_close(color_of(jpeg((40, 30), RED, quality=95, **options)), RED)

    @pytest.mark.parametrize(
        ("marker", "precision", "name"),
        [
            (0xC1, 12, "12-bit JPEG"),
            (0xC0, 12, "12-bit JPEG"),
            (0xC3, 8, "Lossless JPEG"),
            (0xC3, 16, "Lossless JPEG"),
            (0xC9, 8, "Arithmetic-coded JPEG"),
            (0xC5, 8, "Hierarchical JPEG"),
        ],
    )
    def test_rejects_other_codings_by_name(self, marker, precision, name):
        whole = jpeg((40, 30))
        at = whole.index(b"\xff\xc0")
        content = whole[: at + 1] + bytes([marker]) + whole[at + 2 : at + 4]

        with pytest.raises(UnsupportedFormat, match=name):
            read_metadata(BytesIO(content + bytes([precision]) + whole[at + 5 :]))

    @pytest.mark.parametrize(
        "change", [(b"\xff\xc0", b"\xff\xe5"), (b"\0\x11\x08\0\x1e", b"\0\x11\x08\0\0")]
    )
    def test_rejects_a_file_without_frame_or_pixels(self, change):
        assert rejection_code(jpeg((40, 30)).replace(*change)) == "broken-image"
