import pytest

from core.images.signatures import sniff_accepted_format, sniff_rejected_format
from tests.support.images import noise


class TestSniffAcceptedFormat:
    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
    def test_returns_the_format(self, format_):
        assert sniff_accepted_format(noise(format_)) == format_

    @pytest.mark.parametrize(
        "start",
        [
            b"\0\0\0\x1cftypavis\0\0\0\0avismsf1miaf",
            b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf",
        ],
    )
    def test_reads_all_brands_of_a_file(self, start):
        assert sniff_accepted_format(start) == "AVIF"

    @pytest.mark.parametrize(
        "start", [b"", b"RIFF\0\0\0\0WAVE", b"\xff\xd8", b"\0\0\0\x18ftypheic"]
    )
    def test_returns_none_for_anything_else(self, start):
        assert sniff_accepted_format(start) is None


class TestSniffRejectedFormat:
    @pytest.mark.parametrize(
        ("start", "name"),
        [
            (b"BM\x3a\x00\x00\x00", "BMP"),
            (b"II*\x00\x08\x00", "TIFF"),
            (b"MM\x00*\x00\x00", "TIFF"),
            (b"II+\x00\x08\x00", "BigTIFF"),
            (b"%!PS-Adobe-3.0 EPSF-3.0", "EPS"),
            (b"8BPS\x00\x01", "PSD"),
            (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
            (b"\x00\x00\x00\x18ftypmsf1\x00\x00\x00\x00", "HEIC"),
            (b"\x00\x00\x00\x18ftypcrx \x00\x00\x00\x00", "CR3"),
            (b'<svg xmlns="http://www.w3.org/2000/svg">', "SVG"),
            (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a comment -->\n<svg>', "SVG"),
            (b"\xff\x0a\x00\x10", "JPEG XL"),
            (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
            (b"II\xbc\x01", "JPEG XR"),
            (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
            (b"\xff\xd8\xff\xf7\x00\x0b", "JPEG-LS"),
            (b"\x76\x2f\x31\x01\x02", "OpenEXR"),
            (b"%PDF-1.7", "PDF"),
            (b"#?RADIANCE\n", "Radiance HDR"),
            (b"P6\n640 480\n", "PNM"),
            (b"qoif\0\0", "QOI"),
            (b"DDS |\0\0\0", "DDS"),
            (b"gimp xcf file", "XCF"),
            (bytes(128) + b"DICM", "DICOM"),
        ],
    )
    def test_returns_the_name_of_the_format(self, start, name):
        assert sniff_rejected_format(start) == name

    @pytest.mark.parametrize(
        "start", [b"", b"B", b"just text", b"<!doctype html>", b"P8\n", b"ftyp", b"RIFF"]
    )
    def test_returns_none_for_what_is_no_image(self, start):
        assert sniff_rejected_format(start) is None
