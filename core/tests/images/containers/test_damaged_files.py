"""Files of every format that are malicious, truncated or damaged."""

from random import Random
from time import process_time

import pytest

from core.images import InvalidImage
from core.tests.images.renditions import is_accepted, rejection_code
from tests.support.image_files.structural_bombs import STRUCTURAL_BOMBS
from tests.support.images import animated, noise


def seconds_to_reject(bomb: bytes) -> float:
    start = process_time()
    assert rejection_code(bomb) == "broken-image"
    return process_time() - start


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


class TestStructuralBombs:
    @pytest.mark.parametrize("bombs", STRUCTURAL_BOMBS)
    def test_are_rejected_in_milliseconds(self, bombs):
        times = {name: min(seconds_to_reject(bomb) for _ in range(3)) for name, bomb in bombs()}

        assert not {name: seconds for name, seconds in times.items() if seconds > 0.05}


class TestTruncatedFiles:
    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
    def test_are_rejected_where_pixels_are_missing(self, format_):
        whole = noise(format_, (20, 20))

        for size in range(len(whole) * 9 // 10):
            assert rejection_code(whole[:size]) in {"broken-image", "unreadable-image"}

    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
    def test_are_accepted_with_trailing_data(self, format_):
        for rest in (bytes(20), b"<script>", noise("JPEG")):
            assert is_accepted(noise(format_) + rest)


class TestMutants:
    """Files of which some bytes were changed."""

    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
    @pytest.mark.parametrize("seed", range(3))
    def test_are_rejected_with_invalid_image_only(self, format_, seed):
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
