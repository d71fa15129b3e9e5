"""ThumbHash: a blurred preview in about 25 bytes. Format: https://evanw.github.io/thumbhash/."""

from base64 import b64encode
from math import cos, pi
from typing import cast

from PIL import Image

Channel = list[float]
Pixel = tuple[float, ...]  # red, green, blue and alpha


def thumbhash(image: Image.Image) -> str:
    """Return the ThumbHash of an RGBA image (at most 100 by 100 pixels) in base64, unpadded."""
    width, height = image.size
    data = cast(tuple[Pixel, ...], image.get_flattened_data())
    pixels = [tuple(value / 255 for value in pixel) for pixel in data]
    opacity = sum(pixel[3] for pixel in pixels)
    has_alpha = opacity < len(pixels)
    lightness, yellow_blue, red_green, alpha = split_channels(pixels, opacity)

    limit = 5 if has_alpha else 7
    nx, ny = (max(1, round_half_up(limit * side / max(width, height))) for side in (width, height))
    encoded = [
        encode_channel(lightness, image.size, max(3, nx), max(3, ny)),
        encode_channel(yellow_blue, image.size, 3, 3),
        encode_channel(red_green, image.size, 3, 3),
    ]
    (l_dc, _, l_scale), (p_dc, _, p_scale), (q_dc, _, q_scale) = encoded
    is_landscape = width > height
    header = (
        round_half_up(63 * l_dc)
        | round_half_up(31.5 + 31.5 * p_dc) << 6
        | round_half_up(31.5 + 31.5 * q_dc) << 12
        | round_half_up(31 * l_scale) << 18
        | has_alpha << 23
        | (ny if is_landscape else nx) << 24
        | round_half_up(63 * p_scale) << 27
        | round_half_up(63 * q_scale) << 33
        | is_landscape << 39
    )
    parts = header.to_bytes(5, "little")
    if has_alpha:
        encoded.append(encode_channel(alpha, image.size, 5, 5))
        parts += bytes([round_half_up(15 * encoded[3][0]) | round_half_up(15 * encoded[3][2]) << 4])
    return (
        b64encode(parts + pack_nibbles([value for _, ac, _ in encoded for value in ac]))
        .decode()
        .rstrip("=")
    )


def round_half_up(value: float) -> int:
    """Round halves up, as the reference implementation does."""
    return int(value + 0.5)


def split_channels(pixels: list[Pixel], opacity: float) -> tuple[Channel, ...]:
    """Split pixels into lightness, yellow-blue, red-green and alpha, over their average color."""
    average = [sum(p[i] * p[3] for p in pixels) / opacity if opacity else 0 for i in range(3)]
    solid = [
        tuple(average[i] * (1 - pixel[3]) + pixel[i] * pixel[3] for i in range(3))
        for pixel in pixels
    ]
    return (
        [(r + g + b) / 3 for r, g, b in solid],
        [(r + g) / 2 - b for r, g, b in solid],
        [r - g for r, g, _ in solid],
        [pixel[3] for pixel in pixels],
    )


def encode_channel(
    channel: Channel, size: tuple[int, int], nx: int, ny: int
) -> tuple[float, Channel, float]:
    """Return the DC term, the AC terms scaled into 0…1, and that scale, of a cosine transform."""
    width, height = size
    columns = [[cos(pi / width * cx * (x + 0.5)) for x in range(width)] for cx in range(nx)]
    lines = [[cos(pi / height * cy * (y + 0.5)) for y in range(height)] for cy in range(ny)]
    rows = [channel[y * width : (y + 1) * width] for y in range(height)]
    values = []
    for cy in range(ny):
        cx = 0
        while cx * ny < nx * (ny - cy):
            total = sum(
                lines[cy][y] * sum(map(float.__mul__, row, columns[cx]))
                for y, row in enumerate(rows)
            )
            values.append(total / (width * height))
            cx += 1
    dc, *ac = values
    scale = max(map(abs, ac), default=0)
    return dc, [0.5 + 0.5 / scale * value for value in ac] if scale else ac, scale


def pack_nibbles(values: Channel) -> bytes:
    """Pack values of 0…1 into four bits each, the lower nibble first."""
    nibbles = [round_half_up(15 * value) for value in values]
    if len(nibbles) % 2:
        nibbles.append(0)
    return bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))
