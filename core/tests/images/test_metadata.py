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

KINDS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "AVIF": "avif"}
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


def code_of(content: bytes) -> str:
    with pytest.raises(InvalidImage) as caught:
        read_metadata(BytesIO(content))
    return caught.value.code


class TestInvalidImage:
    @pytest.mark.parametrize("kind", [InvalidImage, UnsupportedFormat])
    def test_comes_back_whole_from_a_worker_s_process(self, kind):
        error = pickle.loads(pickle.dumps(kind("broken-image", "It is damaged.")))

        assert (type(error), error.code, str(error)) == (kind, "broken-image", "It is damaged.")


class TestReadMetadata:
    @pytest.mark.parametrize(("kind", "extension"), KINDS.items())
    def test_tells_the_kind_and_the_size(self, kind, extension):
        assert read_metadata(BytesIO(noise(kind, size=(30, 20)))) == ImageMetadata(
            extension, 30, 20
        )

    def test_takes_a_picture_of_several_pictures_for_a_jpeg(self):
        assert read_metadata(BytesIO(animated("MPO"))).extension == "jpg"

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
    @pytest.mark.parametrize("orientation", STORED_TRANSPOSES)
    def test_tells_the_upright_size(self, kind, orientation):
        header = read_metadata(BytesIO(with_orientation(orientation, kind)))

        assert (header.width, header.height) == (48, 32)

    def test_leaves_the_file_at_its_start(self):
        file = BytesIO(jpeg())
        file.seek(5)

        read_metadata(file)

        assert file.tell() == 0

    @pytest.mark.parametrize(
        "content", [b"", b"just text", b"<!doctype html><p>Hi", b"\xff\xd8\xff"]
    )
    def test_refuses_what_is_no_picture(self, content):
        assert code_of(content) in {"unreadable-image", "broken-image"}

    @pytest.mark.parametrize("kind", ["BMP", "TIFF", "EPS", "ICO", "JPEG2000", "PPM", "TGA"])
    def test_refuses_what_no_decoder_should_ever_see(self, kind):
        assert code_of(encode(asymmetric_image(), kind)) in {
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
    def test_knows_a_picture_of_another_kind(self, content):
        with pytest.raises(UnsupportedFormat):
            read_metadata(BytesIO(content))

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("part", [0.2, 0.5, 0.95])
    def test_refuses_a_file_that_was_cut_off(self, kind, part):
        whole = noise(kind)

        assert code_of(whole[: int(len(whole) * part)]) in {"broken-image", "unreadable-image"}

    def test_is_not_misled_by_a_preview_in_a_file_that_was_cut_off(self):
        whole = encode(Image.open(BytesIO(noise("JPEG"))), "JPEG", exif=b"Exif\0\0" + jpeg())

        assert read_metadata(BytesIO(whole))
        assert code_of(whole[: len(whole) // 2]) == "broken-image"

    @pytest.mark.parametrize("size", [(10_000, 10_000), (8_000, 5_001), (1, MAX_PIXELS + 1)])
    def test_refuses_too_many_pixels(self, size):
        assert code_of(flat_png(size, 1, 0, b"")) == "too-many-pixels"

    @pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
    def test_takes_as_many_pixels_as_are_allowed(self):
        assert read_metadata(BytesIO(flat_png((8_000, 5_000), 1, 0, b""))).width == 8_000

    def test_refuses_a_gif_whose_frame_is_larger_than_its_screen(self):
        content = bytearray(encode(Image.new("P", (8, 8)), "GIF"))
        frame = content.index(b"\x2c")
        content[frame + 5 : frame + 9] = struct.pack("<HH", 60_000, 60_000)

        assert code_of(content) == "too-many-pixels"

    @pytest.mark.parametrize(
        "bomb",
        [
            chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(50_000_000))),
            chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(bytes(50_000_000))),
            chunk(b"iCCP", b"profile\0\0" + zlib.compress(bytes(50_000_000))),
        ],
        ids=["zTXt", "iTXt", "iCCP"],
    )
    def test_refuses_text_that_would_unfold_into_megabytes(self, bomb):
        assert code_of(flat_png((2, 2), 8, 0, b"\0", bomb)) == "broken-image"

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_takes_damaged_exif_for_none(self, kind):
        content = encode(asymmetric_image(), kind, exif=b"Exif\0\0damaged")

        assert read_metadata(BytesIO(content)).width == 48

    @pytest.mark.parametrize("kind", KINDS)
    def test_takes_a_picture_with_something_behind_it(self, kind):
        assert read_metadata(BytesIO(noise(kind) + bytes(30)))

    def test_decodes_no_pixel(self):
        assert read_metadata(BytesIO(undecodable()))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for the peak")
class TestOpened:
    def test_refuses_a_bomb_from_its_header_without_growing(self):
        empty, full = (chunk(b"IDAT", zlib.compress(bytes(size))) for size in (0, 1251 * 10_000))
        bomb = flat_png((10_000, 10_000), 1, 0, b"").replace(empty, full)

        answer = subprocess.run(
            [sys.executable, "-c", MEMORY_PROBE], input=bomb, capture_output=True, check=True
        )

        code, growth = answer.stdout.split()
        assert code == b"too-many-pixels"
        assert int(growth) < 20_000, "KiB; the pixels would take 100,000"
