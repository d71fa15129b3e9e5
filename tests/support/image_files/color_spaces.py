"""Conversions between color spaces, from their definitions, and the difference of two colors."""

from collections.abc import Sequence
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

Color = Sequence[float]  # of 0 to 255
Matrix = tuple[Color, Color, Color]

# From the primaries to XYZ under D50, and from there to linear sRGB.
P3: Matrix = (
    (0.515102, 0.291965, 0.157153),
    (0.241182, 0.692236, 0.066582),
    (-0.001050, 0.041882, 0.784378),
)
ADOBE: Matrix = (
    (0.609741, 0.205276, 0.149185),
    (0.311111, 0.625671, 0.063217),
    (0.019470, 0.060867, 0.744568),
)
TO_SRGB: Matrix = (
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)
TO_XYZ: Matrix = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
WHITE = (0.95047, 1.0, 1.08883)


def multiply(matrix: Matrix, vector: Color) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def to_linear(value: float) -> float:
    value /= 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def from_linear(value: float) -> float:
    value = min(1, max(0, value))
    return 255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055)


def p3_to_srgb(color: Color) -> list[float]:
    return [
        from_linear(part)
        for part in multiply(TO_SRGB, multiply(P3, [to_linear(part) for part in color]))
    ]


def adobe_to_srgb(color: Color) -> list[float]:
    tones = [(part / 255) ** 2.19921875 for part in color]
    return [from_linear(part) for part in multiply(TO_SRGB, multiply(ADOBE, tones))]


def lab(color: Color) -> tuple[float, float, float]:
    def root(part: float) -> float:
        return part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116

    xyz = multiply(TO_XYZ, [to_linear(part) for part in color])
    x, y, z = (root(part / white) for part, white in zip(xyz, WHITE, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def delta_e2000(one: Color, other: Color) -> float:
    """Return ΔE2000 of two colors in sRGB; below 1 it is invisible. (Sharma, Wu, Dalal 2005)"""
    (l1, a1, b1), (l2, a2, b2) = lab(one), lab(other)
    g = 0.5 * (1 - chroma_weight((hypot(a1, b1) + hypot(a2, b2)) / 2))
    c1, c2 = hypot(a1 * (1 + g), b1), hypot(a2 * (1 + g), b2)
    h1, h2 = (degrees(atan2(b, a * (1 + g))) % 360 for a, b in ((a1, b1), (a2, b2)))
    hue_difference = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0
    hue = (h1 + hue_difference / 2) % 360 if c1 * c2 else h1 + h2
    tone, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    return weighted_difference(
        l2 - l1, c2 - c1, 2 * sqrt(c1 * c2) * sin(radians(hue_difference / 2)), tone, chroma, hue
    )


def weighted_difference(
    dl: float, dc: float, dh: float, tone: float, chroma: float, hue: float
) -> float:
    def cosine(n: float, shift: float) -> float:
        return cos(radians(n * hue + shift))

    t = (
        1
        - 0.17 * cosine(1, -30)
        + 0.24 * cosine(2, 0)
        + 0.32 * cosine(3, 6)
        - 0.20 * cosine(4, -63)
    )
    sl = 1 + 0.015 * (tone - 50) ** 2 / sqrt(20 + (tone - 50) ** 2)
    sc, sh = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    rotation = sin(radians(60 * exp(-(((hue - 275) / 25) ** 2))))
    interaction = -2 * chroma_weight(chroma) * rotation * dc / sc * dh / sh
    return sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + interaction)


def chroma_weight(chroma: float) -> float:
    return sqrt(chroma**7 / (chroma**7 + 25**7))
