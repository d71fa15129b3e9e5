"""The tests of `core.images.containers`, through `read_metadata`, which walks them all."""

import struct
import zlib
from io import BytesIO
from random import Random
from time import process_time

import pytest
from PIL import Image

from core.images import InvalidImage, UnsupportedFormat, read_metadata, render
from core.tests.images.test_rendering import color_of, is_close
from tests.support.image_files.structural_bombs import STRUCTURAL_BOMBS
from tests.support.image_formats.icc_profiles import DISPLAY_P3
from tests.support.image_formats.isobmff import box, move_pixels_to_idat
from tests.support.image_formats.jpeg import segment
from tests.support.image_formats.png import chunk
from tests.support.image_formats.webp import riff_chunk
from tests.support.images import GREEN, RED, animated, asymmetric_image, encode, jpeg, noise, png


def is_accepted(content: bytes) -> bool:
    """Check that metadata is read, and that the image decodes."""
    metadata = read_metadata(BytesIO(content))
    return bool(metadata.width and render(BytesIO(content), {"thumbnail": 64}).files)


def rejection(content: bytes) -> str:
    with pytest.raises(InvalidImage) as caught:
        read_metadata(BytesIO(content))
    return caught.value.code


def seconds_to_reject(bomb: bytes) -> float:
    start = process_time()
    assert rejection(bomb) == "broken-image"
    return process_time() - start


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


class TestStructuralBombs:
    @pytest.mark.parametrize("bombs", STRUCTURAL_BOMBS)
    def test_is_rejected_in_milliseconds(self, bombs):
        times = {name: min(seconds_to_reject(bomb) for _ in range(3)) for name, bomb in bombs()}

        assert not {name: seconds for name, seconds in times.items() if seconds > 0.05}


class TestJpeg:
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
    def test_is_accepted_with_what_cameras_and_editors_write(self, segments):
        whole = jpeg((40, 30))

        assert is_accepted(whole[:2] + segments + whole[2:])

    @pytest.mark.parametrize("version", [b"", b"\1", b"\1\1\0\0\1\0\1\0"])
    def test_is_accepted_with_a_jfif_segment_that_is_too_short(self, version):
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

    def test_ignores_a_profile_with_a_part_missing(self):
        part = segment(0xE2, b"ICC_PROFILE\0\1\2" + DISPLAY_P3)
        whole = jpeg((40, 30), (180, 120, 90), quality=100)

        assert is_close(color_of(whole[:2] + part + whole[2:]), (180, 120, 90))

    @pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 2}])
    @pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
    def test_is_accepted_without_its_last_bytes_where_all_pixels_are_there(self, options, mode):
        noisy = Image.open(BytesIO(noise("JPEG", (70, 50)))).convert(mode)
        whole = encode(noisy, "JPEG", **options)

        for missing in (1, 2):
            assert is_accepted(whole[:-missing])
        for part in (0.4, 0.7, 0.9):
            assert rejection(whole[: int(len(whole) * part)]) == "broken-image"

    @pytest.mark.parametrize("options", [{"progressive": True}, {"subsampling": 0}])
    def test_is_accepted_however_it_was_encoded(self, options):
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
    def test_of_another_coding_is_rejected_by_name(self, marker, precision, name):
        whole = jpeg((40, 30))
        at = whole.index(b"\xff\xc0")
        content = whole[: at + 1] + bytes([marker]) + whole[at + 2 : at + 4]

        with pytest.raises(UnsupportedFormat, match=name):
            read_metadata(BytesIO(content + bytes([precision]) + whole[at + 5 :]))

    @pytest.mark.parametrize(
        "change", [(b"\xff\xc0", b"\xff\xe5"), (b"\0\x11\x08\0\x1e", b"\0\x11\x08\0\0")]
    )
    def test_without_a_frame_or_without_pixels_is_rejected(self, change):
        assert rejection(jpeg((40, 30)).replace(*change)) == "broken-image"


class TestPng:
    @pytest.mark.parametrize("size", [1, 100, 2048, 8192])
    def test_is_accepted_with_pixels_in_small_chunks(self, size):
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
    def test_is_accepted_with_a_wrong_checksum_where_no_pixel_depends_on_it(self, name):
        wrong = chunk(name, b"\0\1\0\0\0\1")
        wrong = wrong[:-1] + bytes([wrong[-1] ^ 1])

        for whole in (png((40, 30), RED), png((40, 30), 120, "L")):
            assert is_accepted(whole[:33] + wrong + whole[33:])
            assert is_accepted(whole[:-12] + wrong + whole[-12:])

    @pytest.mark.parametrize("name", [b"IHDR", b"PLTE", b"IDAT"])
    def test_is_rejected_with_a_wrong_checksum_where_pixels_depend_on_it(self, name):
        content = bytearray(png((40, 30), 1, "P"))
        at = content.index(name)
        content[at + 4 + int.from_bytes(content[at - 4 : at])] ^= 1

        assert rejection(content) == "broken-image"

    def test_is_rejected_without_the_palette_that_it_needs(self):
        whole = png((40, 30), 1, "P")
        at = whole.index(b"PLTE") - 4
        end = at + 12 + int.from_bytes(whole[at : at + 4])

        assert rejection(whole[:at] + whole[end:]) == "broken-image"
        assert rejection(whole[:at] + chunk(b"PLTE") + whole[end:]) == "broken-image"

    @pytest.mark.parametrize("missing", [13, 14, 16, 18, 20])
    @pytest.mark.parametrize("size", [(8, 8), (200, 150)])
    def test_is_accepted_where_only_checksums_of_pixels_are_cut_off(self, size, missing):
        assert is_accepted(noise("PNG", size)[:-missing])

    def test_is_rejected_where_more_than_checksums_is_cut_off(self):
        assert rejection(noise("PNG")[: -12 - 9]) == "broken-image"

    @pytest.mark.parametrize("missing", [1, 4, 12])
    def test_is_accepted_without_its_last_chunk(self, missing):
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
            (
                [chunk(b"gAMA", struct.pack(">I", 100_000)), chunk(b"sRGB", b"\0")],
                (180, 120, 90),
            ),
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
    def test_reads_colors_as_browsers_do(self, chunks, expected):
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
    def test_ignores_colors_that_are_named_behind_the_pixels(self, late):
        whole = png((16, 16), (180, 120, 90))

        assert is_close(color_of(whole[:-12] + late + whole[-12:]), (180, 120, 90))

    @pytest.mark.parametrize(("depth", "color_type"), [(3, 0), (4, 2), (16, 3), (1, 4), (8, 5)])
    def test_is_rejected_in_a_depth_that_no_png_has(self, depth, color_type):
        header = struct.pack(">IIBBBBB", 8, 8, depth, color_type, 0, 0, 0)
        content = png()[:8] + chunk(b"IHDR", header) + png()[33:]

        assert rejection(content) == "broken-image"


class TestGif:
    def test_is_accepted_with_pixels_of_megabytes(self):
        assert is_accepted(noise("GIF", (1500, 1500)))

    @pytest.mark.parametrize("count", [2, 1500])
    def test_is_accepted_with_many_frames(self, count):
        frames = [Image.new("P", (8, 8), number % 7) for number in range(count)]
        content = encode(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=20)

        assert is_accepted(content)

    def test_is_accepted_with_xmp_that_reads_as_blocks(self):
        xmp = b"<x:xmpmeta>" + b"some words " * 100_000
        trailer = bytes([1, *range(255, -1, -1), 0])
        whole = animated("GIF")
        at = 13 + 3 * 2 ** (1 + whole[10] % 8)

        assert is_accepted(whole[:at] + b"\x21\xff\x0bXMP DataXMP" + xmp + trailer + whole[at:])

    def test_is_accepted_with_colors_of_the_frame_s_own(self):
        whole = encode(asymmetric_image(), "GIF")
        size = 3 * 2 ** (1 + whole[10] % 8)
        table, rest = whole[13 : 13 + size], whole[13 + size :]
        at = rest.index(b"\x2c\0\0\0\0") + 9
        own = rest[:at] + bytes([rest[at] | whole[10] & 0x87]) + table + rest[at + 1 :]
        content = whole[:10] + bytes([whole[10] & 0x78]) + whole[11:13] + own

        assert is_close(color_of(content, box=48), color_of(whole, box=48))

    def test_is_accepted_when_it_was_cut_off_behind_the_first_frame(self):
        assert is_accepted(animated("GIF")[:-20])

    @pytest.mark.parametrize("size", [(8, 8), (40, 30), (200, 150)])
    def test_is_accepted_where_only_the_end_of_its_pixels_is_cut_off(self, size):
        assert is_accepted(noise("GIF", size)[:-2])


class TestWebp:
    def test_is_accepted_with_chunks_that_nobody_knows(self):
        whole = encode(asymmetric_image(), "WEBP", exif=b"Exif\0\0damaged", icc_profile=DISPLAY_P3)
        body = whole[8:] + riff_chunk(b"abcd", bytes(2_000_001))

        assert is_accepted(b"RIFF" + struct.pack("<I", len(body)) + body)

    def test_is_accepted_with_many_frames(self):
        frames = [Image.new("RGB", (8, 8), (number % 256, 0, 0)) for number in range(500)]
        content = encode(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=20)

        assert is_accepted(content)

    def test_keeps_alpha_beside_a_profile(self):
        image = Image.new("RGBA", (16, 16), (180, 120, 90, 128))
        content = encode(image, "WEBP", icc_profile=DISPLAY_P3, lossless=True)

        assert is_close(color_of(content), (190, 117, 84, 128))

    def test_ignores_alpha_and_a_profile_that_its_flags_deny(self):
        image = Image.new("RGBA", (16, 16), (180, 120, 90, 0))
        whole = encode(image, "WEBP", quality=100, exact=True, icc_profile=DISPLAY_P3)
        denied = whole[:20] + bytes([whole[20] & ~0x30]) + whole[21:]

        assert color_of(whole)[3] == 0
        assert is_close(color_of(denied), (180, 120, 90))


class TestAvif:
    @pytest.mark.parametrize("order", [(b"II*\0", b"XX*\0"), (b"MM\0*", b"XX\0*")])
    def test_is_accepted_with_damaged_exif(self, order):
        exif = Image.Exif()
        exif[0x10F] = "Acme"
        content = encode(Image.new("RGB", (32, 32), RED), "AVIF", exif=exif, xmp=b"damaged")

        assert is_close(color_of(content.replace(*order)), RED)

    @pytest.mark.parametrize("size", [(32, 32), (64, 16)])
    def test_is_accepted_with_its_pixels_inside_the_metadata(self, size):
        content = move_pixels_to_idat(encode(Image.new("RGB", size, RED), "AVIF"))

        assert is_close(color_of(content), RED)
        assert rejection(content[:-8]) == "broken-image"

    @pytest.mark.parametrize(
        ("primaries", "transfer", "expected"),
        [
            (12, 13, (190, 117, 84)),
            (9, 13, (211, 111, 83)),
            (9, 1, (211, 111, 83)),
            (1, 8, (220, 182, 161)),
            (1, 1, (180, 120, 90)),
            (2, 2, (180, 120, 90)),
        ],
    )
    def test_reads_colors_by_their_numbers(self, primaries, transfer, expected):
        content = encode(Image.new("RGB", (32, 32), (180, 120, 90)), "AVIF", quality=100)
        at = content.index(b"nclx") + 4
        content = content[:at] + bytes([0, primaries, 0, transfer]) + content[at + 4 :]

        assert is_close(color_of(content), expected)

    def test_prefers_a_profile_to_numbers(self):
        image = Image.new("RGB", (32, 32), (180, 120, 90))
        content = encode(image, "AVIF", quality=100, icc_profile=DISPLAY_P3)

        assert is_close(color_of(content), (190, 117, 84))

    def test_shows_the_first_image_of_a_sequence(self):
        assert is_close(color_of(animated("AVIF", (32, 32))), RED)
        assert not is_close(RED, GREEN)

    def test_is_accepted_with_something_behind_it(self):
        for rest in (bytes(5), b"<script>alert(1)</script>", box(b"free", bytes(100))):
            assert is_accepted(noise("AVIF") + rest)


class TestCutOff:
    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
    def test_is_rejected_wherever_pixels_are_missing(self, format_):
        whole = noise(format_, (20, 20))

        for size in range(len(whole) * 9 // 10):
            assert rejection(whole[:size]) in {"broken-image", "unreadable-image"}

    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
    def test_is_accepted_with_something_behind_the_image(self, format_):
        for rest in (bytes(20), b"<script>", noise("JPEG")):
            assert is_accepted(noise(format_) + rest)


class TestMutations:
    """Files of which some bytes were changed: rejected in the domain's words, or shown."""

    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
    @pytest.mark.parametrize("seed", range(3))
    def test_raises_nothing_else(self, format_, seed):
        random = Random(seed)
        whole = (
            animated(format_.replace("JPEG", "MPO"), (24, 16))
            if seed == 2
            else noise(format_, (24, 16))
        )
        if format_ != "AVIF" or seed:
            assert is_accepted(whole)
        for _ in range(150):
            try:
                is_accepted(mutant(random, whole))
            except InvalidImage:
                continue


def mutant(random: Random, whole: bytes) -> bytes:
    """Change a few bytes, or cut out, double or move a piece; mostly at the start."""
    start, end = sorted(
        min(random.randrange(len(whole)), random.randrange(len(whole))) for _ in range(2)
    )
    piece = whole[start:end]
    match random.randrange(4):
        case 0:
            content = bytearray(whole)
            for _ in range(random.choice([1, 2, 8])):
                content[random.randrange(len(content))] = random.choice([0, 1, 127, 255])
            return bytes(content)
        case 1:
            return whole[:start] + whole[end:]
        case 2:
            return whole[:end] + piece + whole[end:]
        case _:
            return whole[:start] + random.randbytes(len(piece)) + whole[end:]
