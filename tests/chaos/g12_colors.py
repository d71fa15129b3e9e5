"""G12: sixty pictures go the whole way: turned, in other color spaces, deep, clear, animated.

Goal: all orientations give the same pixels, no color is further than ΔE2000 = 2 from what was
meant, and no rendition holds anything but pixels.
"""

from urllib.parse import urlsplit

from tests.chaos.harness import Service, running
from tests.chaos.report import Figure, Scale, all_of, at_most, none_of
from tests.support.image_files.color_spaces import delta_e2000
from tests.support.image_files.reference_images import (
    SECRETS,
    ReferenceImage,
    center_color,
    decode,
    reference_images,
)
from tests.support.image_formats.webp import chunk_names

PIXELS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}


def run(scale: Scale) -> list[Figure]:
    pictures = {fixture.name: fixture for fixture in reference_images()}
    with running() as service:
        slugs = {
            name: service.create_product(fixture.content).json["slug"]
            for name, fixture in pictures.items()
        }
        service.wait_until_settled()
        shown = {name: renditions(service, slug) for name, slug in slugs.items()}
    files = [file for sizes in shown.values() for file in sizes.values()]
    turned = [fixture for fixture in pictures.values() if fixture.same_as]
    equal = sum(are_equal(shown[fixture.name], shown[fixture.same_as]) for fixture in turned)
    patches = [fixture for fixture in pictures.values() if fixture.color]
    return [
        all_of("pictures with all renditions", sum(map(bool, shown.values())), len(pictures)),
        all_of("turned pictures equal to the pixel", equal, len(turned)),
        at_most("largest ΔE2000", max(off(patch, shown[patch.name]) for patch in patches), 2),
        at_most("largest error of alpha, of 255", max(clear(p, shown[p.name]) for p in patches), 2),
        none_of("files with anything but pixels", sum(map(tells_something, files)), len(files)),
    ]


def renditions(service: Service, slug: str) -> dict[str, bytes]:
    product = service.request("GET", f"/api/products/{slug}/").json
    if product["thumbnail_status"] != "ready":
        return {}
    urls = {"thumbnail": product["thumbnail"], **product["renditions"]}
    return {size: service.request("GET", urlsplit(url).path).content for size, url in urls.items()}


def are_equal(one: dict[str, bytes], other: dict[str, bytes]) -> bool:
    pixels = [
        {size: decode(file).tobytes() for size, file in each.items()} for each in (one, other)
    ]
    return pixels[0] == pixels[1] != {}


def off(fixture: ReferenceImage, files: dict[str, bytes]) -> float:
    """Tell how far the middle of a picture is from its color, in the worst of its renditions."""
    errors = [
        delta_e2000(fixture.color[:3], center_color(decode(file))[:3]) for file in files.values()
    ]
    return max(errors, default=100)


def clear(fixture: ReferenceImage, files: dict[str, bytes]) -> float:
    alpha = (*fixture.color, 255)[3]
    return max(
        (abs(alpha - (*center_color(decode(file)), 255)[3]) for file in files.values()), default=255
    )


def tells_something(file: bytes) -> bool:
    return bool(chunk_names(file) - PIXELS) or any(secret in file for secret in SECRETS)
