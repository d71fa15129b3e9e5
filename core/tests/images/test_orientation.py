import struct
from time import process_time

import pytest
from PIL import ExifTags, Image

from core.images.orientation import read_orientation


def exif(entries: bytes, count: int, order: str = ">", directory: int = 8) -> bytes:
    start = {">": b"MM\0*", "<": b"II*\0"}[order]
    return start + struct.pack(f"{order}I", directory) + struct.pack(f"{order}H", count) + entries


class TestReadOrientation:
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_reads_what_pillow_writes(self, orientation):
        exif = Image.Exif()
        exif[ExifTags.Base.Make] = "Acme"
        exif[ExifTags.Base.Orientation] = orientation

        assert read_orientation(exif.tobytes()) == orientation
        assert read_orientation(exif.tobytes().removeprefix(b"Exif\0\0")) == orientation

    @pytest.mark.parametrize("order", "<>")
    @pytest.mark.parametrize(("type_", "code"), [(1, "B"), (3, "H"), (4, "I")])
    def test_reads_every_integer_in_both_byte_orders(self, order, type_, code):
        value = struct.pack(f"{order}{code}", 6).ljust(4, b"\0")
        entry = struct.pack(f"{order}HHI", 0x0112, type_, 1) + value

        assert read_orientation(exif(entry, 1, order)) == 6

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"damaged",
            b"XX*\0" + bytes(40),
            exif(struct.pack(">HHIHH", 0x0112, 3, 1, 9, 0), 1),
            exif(struct.pack(">HHIHH", 0x0112, 3, 1, 0, 0), 1),
            exif(struct.pack(">HHII", 0x0112, 2, 1, 6), 1),
            exif(b"", 65_535),
            exif(struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)[:9], 1),
            exif(b"", 1, directory=2**32 - 1),
        ],
    )
    def test_returns_1_for_missing_or_damaged_exif(self, content):
        assert read_orientation(content) == 1

    def test_copies_no_values_of_entries_that_share_bytes(self):
        entries = struct.pack(">HHII", 0x010E, 2, 2_000_000, 8) * 60_000
        content = exif(entries, 60_000) + bytes(2_000_000)
        start = process_time()

        assert read_orientation(content) == 1
        assert process_time() - start < 0.05
