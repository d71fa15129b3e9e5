"""Renditions compared with an independent reader, libvips, over images of every format."""

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from PIL import Image

from core.images import read_metadata, render
from tests.support.image_files.corpus import CORPUS
from tests.support.image_files.libvips import color_error, read_vips
from tests.support.image_files.sample import Sample

SIZES = {"small": 100, "large": 300}
MAX_COLOR_ERROR = 1.5  # mean ΔE2000

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("samples", CORPUS)
class TestRender:
    def test_renders_the_colors_of_libvips(self, samples: Callable[[], Iterator[Sample]]):
        errors = {
            (sample.name, size, background): color_error(file, sample.looks_like, background)
            for sample in samples()
            for size, file in render(BytesIO(sample.content), SIZES).files.items()
            for background in (255, 0)
        }

        assert not {name: error for name, error in errors.items() if error > MAX_COLOR_ERROR}

    def test_renders_the_sizes_of_libvips(self, samples: Callable[[], Iterator[Sample]]):
        for sample in samples():
            upright = read_vips(sample.looks_like).autorot()
            metadata = read_metadata(BytesIO(sample.content))
            files = render(BytesIO(sample.content), SIZES).files

            assert (metadata.width, metadata.height) == (upright.width, upright.height), sample.name
            for name, longest in SIZES.items():
                scale = min(1, longest / max(upright.width, upright.height))
                expected = round(upright.width * scale), round(upright.height * scale)
                assert Image.open(BytesIO(files[name])).size == expected, sample.name
