"""ThumbHash: a picture's blur in about 25 bytes. Format: evanw.github.io/thumbhash."""

from base64 import b64encode
from math import cos, pi

from PIL import Image

Channel = list[float]


def thumbhash(image: Image.Image) -> str:
    """Give the ThumbHash of an RGBA picture (at most 100 by 100 pixels) in base64, unpadded."""
    width, height = image.size
    pixels = [tuple(value / 255 for value in pixel) for pixel in image.get_flattened_data()]
    opacity = sum(pixel[3] for pixel in pixels)
    has_alpha = opacity < len(pixels)
    lightness, yellow_blue, red_green, alpha = channels(pixels, opacity)

    limit = 5 if has_alpha else 7
    across, down = (max(1, rounded(limit * side / max(width, height))) for side in (width, height))
    waves = [
        frequencies(lightness, image.size, max(3, across), max(3, down)),
        frequencies(yellow_blue, image.size, 3, 3),
        frequencies(red_green, image.size, 3, 3),
    ]
    (l_dc, _, l_scale), (p_dc, _, p_scale), (q_dc, _, q_scale) = waves
    is_landscape = width > height
    header = (
        rounded(63 * l_dc)
        | rounded(31.5 + 31.5 * p_dc) << 6
        | rounded(31.5 + 31.5 * q_dc) << 12
        | rounded(31 * l_scale) << 18
        | has_alpha << 23
        | (down if is_landscape else across) << 24
        | rounded(63 * p_scale) << 27
        | rounded(63 * q_scale) << 33
        | is_landscape << 39
    )
    parts = header.to_bytes(5, "little")
    if has_alpha:
        waves.append(frequencies(alpha, image.size, 5, 5))
        parts += bytes([rounded(15 * waves[3][0]) | rounded(15 * waves[3][2]) << 4])
    return (
        b64encode(parts + nibbles([value for _, ac, _ in waves for value in ac]))
        .decode()
        .rstrip("=")
    )


def rounded(value: float) -> int:
    """Round halves up, as the reference does."""
    return int(value + 0.5)


def channels(pixels: list[tuple[float, ...]], opacity: float) -> tuple[Channel, ...]:
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


def frequencies(
    channel: Channel, size: tuple[int, int], across: int, down: int
) -> tuple[float, Channel, float]:
    """Transform by a cosine: the constant, the waves scaled into 0…1, and that scale."""
    width, height = size
    columns = [[cos(pi / width * cx * (x + 0.5)) for x in range(width)] for cx in range(across)]
    lines = [[cos(pi / height * cy * (y + 0.5)) for y in range(height)] for cy in range(down)]
    rows = [channel[y * width : (y + 1) * width] for y in range(height)]
    values = []
    for cy in range(down):
        cx = 0
        while cx * down < across * (down - cy):
            total = sum(
                lines[cy][y] * sum(map(float.__mul__, row, columns[cx]))
                for y, row in enumerate(rows)
            )
            values.append(total / (width * height))
            cx += 1
    dc, *ac = values
    scale = max(map(abs, ac), default=0)
    return dc, [0.5 + 0.5 / scale * value for value in ac] if scale else ac, scale


def nibbles(values: Channel) -> bytes:
    """Pack values of 0…1 into four bits each, the lower half of a byte first."""
    quarters = [rounded(15 * value) for value in values]
    if len(quarters) % 2:
        quarters.append(0)
    return bytes(low | high << 4 for low, high in zip(quarters[::2], quarters[1::2], strict=True))
