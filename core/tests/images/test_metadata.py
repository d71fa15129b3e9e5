import pickle
import struct
import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from core.images import MAX_PIXELS, ImageMetadata, InvalidImage, UnsupportedFormat, read_metadata
from core.tests.images.renditions import rejection_code
from tests.support.image_formats.png import chunk, flat_png
from tests.support.images import (
    STORED_TRANSPOSES,
    animated,
    asymmetric_image,
    encode,
    jpeg,
    noise,
    undecodable,
    with_orientation,
)

FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "AVIF": "avif"}
MEMORY_PROBE = """
import sys
from io import BytesIO
from core import images

def peak():
    return int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])

bomb = BytesIO(sys.stdin.buffer.read())
before = peak()
try:
    images.render(bomb, {"thumbnail": 300})
except images.InvalidImage as error:
    print(error.code, peak() - before)
"""


class TestInvalidImage:
    @pytest.mark.parametrize("error_class", [InvalidImage, UnsupportedFormat])
    def test_survives_pickling(self, error_class):
        error = pickle.loads(pickle.dumps(error_class("broken-image", "It is damaged.")))

        assert (type(error), error.code, str(error)) == (
            error_class,
            "broken-image",
            "It is damaged.",
        )


class TestReadMetadata:
    @pytest.mark.parametrize(("format_", "extension"), FORMATS.items())
    def test_returns_extension_and_size(self, format_, extension):
        assert read_metadata(BytesIO(noise(format_, size=(30, 20)))) == ImageMetadata(
            extension, 30, 20
        )

    def test_reads_mpo_as_jpeg(self):
        assert read_metadata(BytesIO(animated("MPO"))).extension == "jpg"

    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "AVIF"])
    @pytest.mark.parametrize("orientation", STORED_TRANSPOSES)
    def test_returns_the_display_size(self, format_, orientation):
        metadata = read_metadata(BytesIO(with_orientation(orientation, format_)))

        assert (metadata.width, metadata.height) == (48, 32)

    def test_rewinds_the_file(self):
        file = BytesIO(jpeg())
        file.seek(5)

        read_metadata(file)

        assert file.tell() == 0

    @pytest.mark.parametrize(
        "content", [b"", b"just text", b"<!doctype html><p>Hi", b"\xff\xd8\xff"]
    )
    def test_rejects_other_content(self, content):
        assert rejection_code(content) in {"unreadable-image", "broken-image"}

    @pytest.mark.parametrize("format_", ["BMP", "TIFF", "EPS", "ICO", "JPEG2000", "PPM", "TGA"])
    def test_rejects_formats_of_other_decoders(self, format_):
        assert rejection_code(encode(asymmetric_image(), format_)) in {
            "unsupported-media-type",
            "unreadable-image",
        }

    @pytest.mark.parametrize(
        "content",
        [
            b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
            encode(Image.new("RGB", (9, 9)), "TIFF"),
            encode(Image.new("RGB", (9, 9)), "BMP"),
        ],
        ids=["svg", "heic", "tiff", "bmp"],
    )
    def test_recognizes_unsupported_formats(self, content):
        with pytest.raises(UnsupportedFormat):
            read_metadata(BytesIO(content))

    @pytest.mark.parametrize("format_", FORMATS)
    @pytest.mark.parametrize("part", [0.2, 0.5, 0.95])
    def test_rejects_a_truncated_file(self, format_, part):
        whole = noise(format_)

        assert rejection_code(whole[: int(len(whole) * part)]) in {
            "broken-image",
            "unreadable-image",
        }

    def test_rejects_a_truncated_file_with_a_complete_preview(self):
        whole = encode(Image.open(BytesIO(noise("JPEG"))), "JPEG", exif=b"Exif\0\0" + jpeg())

        assert read_metadata(BytesIO(whole))
        assert rejection_code(whole[: len(whole) // 2]) == "broken-image"

    @pytest.mark.parametrize("size", [(10_000, 10_000), (8_000, 5_001), (1, MAX_PIXELS + 1)])
    def test_rejects_too_many_pixels(self, size):
        assert rejection_code(flat_png(size, 1, 0, b"")) == "too-many-pixels"

    @pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
    def test_accepts_the_maximum_of_pixels(self):
        assert read_metadata(BytesIO(flat_png((8_000, 5_000), 1, 0, b""))).width == 8_000

    def test_rejects_a_gif_whose_frame_has_too_many_pixels(self):
        content = bytearray(encode(Image.new("P", (8, 8)), "GIF"))
        frame = content.index(b"\x2c")
        content[frame + 5 : frame + 9] = struct.pack("<HH", 60_000, 60_000)

        assert rejection_code(content) == "too-many-pixels"

    @pytest.mark.parametrize(
        "bomb",
        [
            chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(50_000_000))),
            chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(bytes(50_000_000))),
            chunk(b"iCCP", b"profile\0\0" + zlib.compress(bytes(50_000_000))),
        ],
        ids=["zTXt", "iTXt", "iCCP"],
    )
    def test_rejects_metadata_that_decompresses_to_megabytes(self, bomb):
        assert rejection_code(flat_png((2, 2), 8, 0, b"\0", bomb)) == "broken-image"

    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
    def test_ignores_damaged_exif(self, format_):
        content = encode(asymmetric_image(), format_, exif=b"Exif\0\0damaged")

        assert read_metadata(BytesIO(content)).width == 48

    @pytest.mark.parametrize("format_", FORMATS)
    def test_accepts_trailing_data(self, format_):
        assert read_metadata(BytesIO(noise(format_) + bytes(30)))

    def test_decodes_no_pixel(self):
        assert read_metadata(BytesIO(undecodable()))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the peak from /proc")
class TestDecompressionBomb:
    def test_is_rejected_by_its_header_without_using_memory(self):
        empty, full = (chunk(b"IDAT", zlib.compress(bytes(size))) for size in (0, 1251 * 10_000))
        bomb = flat_png((10_000, 10_000), 1, 0, b"").replace(empty, full)

        run = subprocess.run(
            [sys.executable, "-c", MEMORY_PROBE], input=bomb, capture_output=True, check=True
        )

        code, growth = run.stdout.split()
        assert code == b"too-many-pixels"
        assert int(growth) < 20_000, "KiB; the pixels would take 100,000"
