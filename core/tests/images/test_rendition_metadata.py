"""Renditions contain pixels, and nothing else of a file."""

from io import BytesIO

import pytest
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from core.images import render
from tests.support.image_formats.icc_profiles import COPYRIGHT, DISPLAY_P3
from tests.support.images import asymmetric_image, encode, jpeg, noise

FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF"]

SECRETS = [b"Secret camera", b"Secret XMP", b"Secret comment", COPYRIGHT, b"Secret text"]

PAYLOADS = [b"<script>alert(1)</script>", b"<?php system($_GET[0]); ?>", b"PK\x03\x04zipped"]


def with_metadata(format_: str) -> bytes:
    """Return an image with all the metadata that its format can contain."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Secret camera"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSMapDatum] = "Secret camera's place"
    options = {
        "exif": exif.tobytes(),
        "icc_profile": DISPLAY_P3,
        "xmp": b"<x:xmpmeta>Secret XMP</x:xmpmeta>",
        "comment": b"Secret comment",
    }
    if format_ == "PNG":
        text = PngInfo()
        text.add_text("Comment", "Secret text")
        text.add_itxt("XML:com.adobe.xmp", "Secret XMP")
        options |= {"pnginfo": text}
    return encode(asymmetric_image(), format_, **options)


class TestMetadata:
    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
    @pytest.mark.parametrize("size_limit", [64, 16])
    def test_is_removed(self, format_, size_limit):
        content = with_metadata(format_)
        assert any(secret in content for secret in SECRETS)

        files = render(
            BytesIO(content), {"small": size_limit // 2, "large": size_limit}
        ).files.values()

        for file in files:
            assert not [secret for secret in SECRETS if secret in file]
            assert not [name for name in (b"EXIF", b"XMP ", b"ICCP", b"Secret") if name in file]

    @pytest.mark.parametrize("format_", FORMATS)
    def test_is_removed_from_avif_renditions(self, format_):
        for file in render(
            BytesIO(with_metadata(format_)), {"small": 32, "large": 64}, "AVIF"
        ).files.values():
            assert not [secret for secret in SECRETS if secret in file]
            assert not [name for name in (b"Exif", b"mime", b"prof", b"rICC") if name in file]


class TestPayloads:
    @pytest.mark.parametrize("format_", FORMATS)
    @pytest.mark.parametrize("payload", PAYLOADS)
    def test_removes_trailing_data(self, format_, payload):
        for file in render(BytesIO(noise(format_) + payload), {"thumbnail": 64}).files.values():
            assert payload not in file

    @pytest.mark.parametrize("payload", PAYLOADS)
    def test_removes_comments(self, payload):
        for content in (jpeg(comment=payload), encode(asymmetric_image(), "GIF", comment=payload)):
            assert payload in content
            assert payload not in render(BytesIO(content), {"thumbnail": 64}).files["thumbnail"]
