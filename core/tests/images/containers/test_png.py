import struct
import zlib
from random import Random

import pytest

from core.tests.images.renditions import color_of, is_accepted, is_close, rejection_code
from tests.support.image_formats.icc_profiles import DISPLAY_P3
from tests.support.image_formats.png import chunk
from tests.support.images import RED, noise, png


def padded(profile: bytes, size: int) -> bytes:
    """Return a profile with one more tag, of random bytes."""
    count = int.from_bytes(profile[128:132])
    table, rest = profile[132 : 132 + 12 * count], profile[132 + 12 * count :]
    entries = struct.pack(">I", count + 1)
    for at in range(0, len(table), 12):
        offset, length = struct.unpack(">II", table[at + 4 : at + 12])
        entries += table[at : at + 4] + struct.pack(">II", offset + 12, length)
    entries += b"prvt" + struct.pack(">II", 132 + 12 * (count + 1) + len(rest), size)
    padded = profile[:128] + entries + rest + Random(1).randbytes(size)
    return struct.pack(">I", len(padded)) + padded[4:]


class TestReadPng:
    @pytest.mark.parametrize("size", [1, 100, 2048, 8192])
    def test_accepts_pixels_in_small_chunks(self, size):
        whole = noise("PNG", (60, 40) if size < 1000 else (1200, 900))
        at = whole.index(b"IDAT") - 4
        (length,) = struct.unpack(">I", whole[at : at + 4])
        pixels = whole[at + 8 : at + 8 + length]
        while (more := whole[at + 12 + length :])[4:8] == b"IDAT":
            whole = whole[:at] + more
            (length,) = struct.unpack(">I", whole[at : at + 4])
            pixels += whole[at + 8 : at + 8 + length]
        parts = [chunk(b"IDAT", pixels[n : n + size]) for n in range(0, len(pixels), size)]

        if len(parts) < 10_000:
            assert is_accepted(whole[:at] + b"".join(parts) + chunk(b"IEND"))

    @pytest.mark.parametrize(
        "name", [b"tEXt", b"gAMA", b"iCCP", b"tRNS", b"eXIf", b"prVt", b"zTXt"]
    )
    def test_accepts_a_wrong_checksum_of_an_ancillary_chunk(self, name):
        wrong = chunk(name, b"\0\1\0\0\0\1")
        wrong = wrong[:-1] + bytes([wrong[-1] ^ 1])

        for whole in (png((40, 30), RED), png((40, 30), 120, "L")):
            assert is_accepted(whole[:33] + wrong + whole[33:])
            assert is_accepted(whole[:-12] + wrong + whole[-12:])

    @pytest.mark.parametrize("name", [b"IHDR", b"PLTE", b"IDAT"])
    def test_rejects_a_wrong_checksum_of_a_critical_chunk(self, name):
        content = bytearray(png((40, 30), 1, "P"))
        at = content.index(name)
        content[at + 4 + int.from_bytes(content[at - 4 : at])] ^= 1

        assert rejection_code(content) == "broken-image"

    def test_rejects_a_missing_or_empty_palette(self):
        whole = png((40, 30), 1, "P")
        at = whole.index(b"PLTE") - 4
        end = at + 12 + int.from_bytes(whole[at : at + 4])

        assert rejection_code(whole[:at] + whole[end:]) == "broken-image"
        assert rejection_code(whole[:at] + chunk(b"PLTE") + whole[end:]) == "broken-image"

    @pytest.mark.parametrize("missing", [13, 14, 16, 18, 20])
    @pytest.mark.parametrize("size", [(8, 8), (200, 150)])
    def test_accepts_a_file_without_its_last_checksums(self, size, missing):
        assert is_accepted(noise("PNG", size)[:-missing])

    def test_rejects_a_file_without_its_last_pixels(self):
        assert rejection_code(noise("PNG")[: -12 - 9]) == "broken-image"

    @pytest.mark.parametrize("missing", [1, 4, 12])
    def test_accepts_a_file_without_iend(self, missing):
        assert is_accepted(noise("PNG")[:-missing])

    @pytest.mark.parametrize("size", [1_600_000, 3_900_000])
    def test_reads_a_large_profile(self, size):
        profile = padded(DISPLAY_P3, size)
        content = png((16, 16), (180, 120, 90), icc_profile=profile)

        assert is_close(color_of(content), (190, 117, 84))

    @pytest.mark.parametrize(
        ("chunks", "expected"),
        [
            ([chunk(b"gAMA", struct.pack(">I", 100_000))], (220, 182, 161)),
            ([chunk(b"cICP", b"\x0c\x0d\0\1")], (190, 117, 84)),
            # Each of these overrules those behind it.
            ([chunk(b"gAMA", struct.pack(">I", 100_000)), chunk(b"sRGB", b"\0")], (180, 120, 90)),
            (
                [
                    chunk(b"gAMA", struct.pack(">I", 100_000)),
                    chunk(b"sRGB", b"\0"),
                    chunk(b"iCCP", b"a\0\0" + zlib.compress(DISPLAY_P3)),
                ],
                (190, 117, 84),
            ),
            (
                [
                    chunk(b"iCCP", b"a\0\0" + zlib.compress(DISPLAY_P3)),
                    chunk(b"cICP", b"\1\x08\0\1"),
                ],
                (220, 182, 161),
            ),
        ],
    )
    def test_reads_color_chunks_in_the_order_of_browsers(self, chunks, expected):
        whole = png((16, 16), (180, 120, 90))

        assert is_close(color_of(whole[:33] + b"".join(chunks) + whole[33:]), expected)

    @pytest.mark.parametrize(
        "late",
        [
            chunk(b"gAMA", struct.pack(">I", 100_000)),
            chunk(b"cICP", b"\x0c\x0d\0\1"),
            chunk(b"iCCP", b"a\0\0" + zlib.compress(DISPLAY_P3)),
            chunk(b"tRNS", struct.pack(">HHH", 180, 120, 90)),
        ],
    )
    def test_ignores_color_chunks_after_the_pixels(self, late):
        whole = png((16, 16), (180, 120, 90))

        assert is_close(color_of(whole[:-12] + late + whole[-12:]), (180, 120, 90))

    @pytest.mark.parametrize(("depth", "color_type"), [(3, 0), (4, 2), (16, 3), (1, 4), (8, 5)])
    def test_rejects_an_undefined_bit_depth(self, depth, color_type):
        header = struct.pack(">IIBBBBB", 8, 8, depth, color_type, 0, 0, 0)
        content = png()[:8] + chunk(b"IHDR", header) + png()[33:]

        assert rejection_code(content) == "broken-image"
