"""Sixty images are processed: with orientations, color spaces, depths, alpha, and animated.

All orientations have the same pixels, no color is further than ΔE2000 = 2 from the intended one,
and no rendition contains metadata.
"""

from urllib.parse import urlsplit

import pytest

from tests.chaos.measurements import Scale, expect_all, expect_at_most, expect_none
from tests.chaos.service import SupervisedService, running_service
from tests.support.image_files.color_spaces import delta_e2000
from tests.support.image_files.reference_images import (
    SECRETS,
    ReferenceImage,
    center_color,
    decode,
    reference_images,
)
from tests.support.image_formats.webp import chunk_names

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

PIXEL_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
Files = dict[str, bytes]


def test_renditions_have_the_colors_of_their_images(scale: Scale, record):
    images = {image.name: image for image in reference_images()}
    with running_service() as service:
        slugs = {
            name: service.create_product(image.content).json["slug"]
            for name, image in images.items()
        }
        service.wait_until_finished()
        shown = {name: renditions(service, slug) for name, slug in slugs.items()}
    files = [file for sizes in shown.values() for file in sizes.values()]
    oriented = [image for image in images.values() if image.same_as]
    equal = sum(have_equal_pixels(shown[image.name], shown[image.same_as]) for image in oriented)
    colored = [(image, shown[image.name]) for image in images.values() if image.color]
    record(
        expect_all("images with all renditions", sum(map(bool, shown.values())), len(images)),
        expect_all("oriented images with equal pixels", equal, len(oriented)),
        expect_at_most("largest ΔE2000", max(color_error(*each) for each in colored), 2),
        expect_at_most(
            "largest error of alpha, of 255", max(alpha_error(*each) for each in colored), 2
        ),
        expect_none("renditions with metadata", sum(map(has_metadata, files)), len(files)),
    )


def renditions(service: SupervisedService, slug: str) -> Files:
    """Return the thumbnail and the renditions; nothing if they are not ready."""
    product = service.request("GET", f"/api/products/{slug}/").json
    if product["thumbnail_status"] != "ready":
        return {}
    urls = {"thumbnail": product["thumbnail"], **product["renditions"]}
    return {size: service.request("GET", urlsplit(url).path).content for size, url in urls.items()}


def have_equal_pixels(one: Files, other: Files) -> bool:
    pixels = [
        {size: decode(file).tobytes() for size, file in files.items()} for files in (one, other)
    ]
    return pixels[0] == pixels[1] != {}


def color_error(image: ReferenceImage, files: Files) -> float:
    """Return the largest difference between the color of an image and that of a rendition."""
    colors = [center_color(decode(file))[:3] for file in files.values()]
    return max((delta_e2000(image.color[:3], color) for color in colors), default=100)


def alpha_error(image: ReferenceImage, files: Files) -> float:
    alpha = (*image.color, 255)[3]
    return max(
        (abs(alpha - (*center_color(decode(file)), 255)[3]) for file in files.values()),
        default=255,
    )


def has_metadata(file: bytes) -> bool:
    return bool(chunk_names(file) - PIXEL_CHUNKS) or any(secret in file for secret in SECRETS)
