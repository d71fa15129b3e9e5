"""ICC profiles for color spaces that files give as numbers: CICP (H.273), gamma, primaries."""

import struct
from collections.abc import Callable
from functools import lru_cache
from math import exp

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]
Chromaticity = tuple[float, float]  # x and y
Chromaticities = tuple[Chromaticity, Chromaticity, Chromaticity, Chromaticity]
Curve = Callable[[float], float]  # from an encoded value to light, both from 0 to 1

D50 = (0.9642, 1.0, 0.8249)
D65 = (0.3127, 0.3290)
C = (0.310, 0.316)
# Of red, green, blue and white, by the number of ColourPrimaries.
PRIMARIES: dict[int, Chromaticities] = {
    1: ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), D65),
    4: ((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), C),
    5: ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), D65),
    6: ((0.63, 0.34), (0.31, 0.595), (0.155, 0.07), D65),
    7: ((0.63, 0.34), (0.31, 0.595), (0.155, 0.07), D65),
    8: ((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), C),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65),
    11: ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), (0.314, 0.351)),
    12: ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), D65),
    22: ((0.63, 0.34), (0.295, 0.605), (0.155, 0.077), D65),
}
BRADFORD: Matrix = (
    (0.8951, 0.2664, -0.1614),
    (-0.7502, 1.7135, 0.0367),
    (0.0389, -0.0685, 1.0296),
)
WHITE_NITS = 203  # SDR white in HDR (ITU-R BT.2408)
HLG_PEAK_NITS = 1000


def srgb(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def smpte240(value: float) -> float:
    return value / 4 if value < 0.0913 else ((value + 0.1115) / 1.1115) ** (1 / 0.45)


def power(exponent: float) -> Curve:
    return lambda value: value**exponent


def pq(value: float) -> float:
    """SMPTE ST 2084, where 1 is SDR white, tone-mapped."""
    root = value ** (1 / 78.84375)
    light = max(0, root - 0.8359375) / (18.8515625 - 18.6875 * root)
    return tone_map(10_000 * light ** (1 / 0.1593017578125) / WHITE_NITS)


def hlg(value: float) -> float:
    """ARIB STD-B67 on a display of 1,000 nits (its gamma per channel), tone-mapped."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = value * value / 3 if value <= 0.5 else (exp((value - c) / a) + b) / 12
    return tone_map(HLG_PEAK_NITS * scene**1.2 / WHITE_NITS)


def tone_map(light: float) -> float:
    """Compress highlights below 1; anything darker than 3/4 of SDR white is unchanged."""
    knee = 0.75
    return light if light <= knee else 1 - (1 - knee) * exp((knee - light) / (1 - knee))


# By the number of TransferCharacteristics. As in browsers, those of television count as sRGB.
TRANSFERS: dict[int, Curve] = {
    **dict.fromkeys((1, 6, 11, 12, 13, 14, 15), srgb),
    4: power(2.2),
    5: power(2.8),
    7: smpte240,
    8: power(1),
    16: pq,
    17: power(2.6),
    18: hlg,
}


@lru_cache(maxsize=32)
def cicp_profile(primaries: int = 2, transfer: int = 2) -> bytes | None:
    """Return a profile for these numbers of H.273, None for sRGB and for unspecified ones."""
    if primaries not in PRIMARIES and transfer not in TRANSFERS:
        return None
    chromaticities, curve = PRIMARIES.get(primaries, PRIMARIES[1]), TRANSFERS.get(transfer, srgb)
    if chromaticities == PRIMARIES[1] and curve is srgb:
        return None
    return rgb_profile(chromaticities, curve)


@lru_cache(maxsize=32)
def gamma_profile(gama: bytes, chrm: bytes) -> bytes | None:
    """Return a profile for PNG's chunks gAMA and cHRM, with sRGB's values for a missing one."""
    exponent = int.from_bytes(gama) / 100_000 if len(gama) == 4 else 0
    chromaticities = PRIMARIES[1]
    if len(chrm) == 32:
        numbers = [number / 100_000 for number in struct.unpack(">8I", chrm)]
        white, red, green, blue = zip(numbers[::2], numbers[1::2], strict=True)
        chromaticities = red, green, blue, white
    if chromaticities == PRIMARIES[1] and not exponent:
        return None
    try:
        return rgb_profile(chromaticities, power(1 / exponent) if exponent else srgb)
    except (ArithmeticError, struct.error):  # impossible colors
        return None


def rgb_profile(chromaticities: Chromaticities, curve: Curve) -> bytes:
    """Return an ICC profile (version 4) with these primaries, white point and curve.

    The curve has an entry for each value of eight bits.
    """
    red, green, blue, white = map(xyz, chromaticities)
    scales = multiply(invert(transpose((red, green, blue))), white)
    columns = [
        adapt_to_d50(scale(factor, color), white)
        for factor, color in zip(scales, (red, green, blue), strict=True)
    ]
    entries = [min(65535, max(0, round(65535 * curve(step / 255)))) for step in range(256)]
    table = b"curv" + struct.pack(">II256H", 0, 256, *entries)
    tags = [(b"wtpt", xyz_tag(D50))]
    tags += zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(xyz_tag, columns), strict=True)
    return icc_file([*tags, *((name, table) for name in (b"rTRC", b"gTRC", b"bTRC"))])


def adapt_to_d50(color: Vector, white: Vector) -> Vector:
    """Return what a color under this white point is under D50, by the Bradford transform."""
    source, target = multiply(BRADFORD, white), multiply(BRADFORD, D50)
    cone = multiply(BRADFORD, color)
    l, m, s = (t / w * v for t, w, v in zip(target, source, cone, strict=True))  # noqa: E741 -- LMS
    return multiply(invert(BRADFORD), (l, m, s))


def icc_file(tags: list[tuple[bytes, bytes]]) -> bytes:
    """Return an ICC profile of a display with these tags: a header, a directory, the contents."""
    directory, contents = struct.pack(">I", len(tags)), b""
    for name, content in tags:
        offset = 132 + 12 * len(tags) + len(contents)
        directory += name + struct.pack(">II", offset, len(content))
        contents += content
    size = 128 + len(directory) + len(contents)
    header = struct.pack(
        ">I4xI4s4s4s12x4s28x12s", size, 0x04300000, b"mntr", b"RGB ", b"XYZ ", b"acsp", fixed(D50)
    )
    return header.ljust(128, b"\0") + directory + contents


def fixed(vector: Vector) -> bytes:
    """Return three numbers in ICC's s15Fixed16 format."""
    return struct.pack(">3i", *(round(65536 * part) for part in vector))


def xyz_tag(vector: Vector) -> bytes:
    return b"XYZ " + bytes(4) + fixed(vector)


def xyz(chromaticity: Chromaticity) -> Vector:
    """Return XYZ of a chromaticity (x, y) at full luminance."""
    x, y = chromaticity
    return x / y, 1.0, (1 - x - y) / y


def scale(factor: float, vector: Vector) -> Vector:
    x, y, z = vector
    return factor * x, factor * y, factor * z


def multiply(matrix: Matrix, vector: Vector) -> Vector:
    x, y, z = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return x, y, z


def transpose(matrix: Matrix) -> Matrix:
    a, b, c = zip(*matrix, strict=True)
    return a, b, c


def invert(matrix: Matrix) -> Matrix:
    """Invert by cross products, which are the rows of the adjugate."""
    a, b, c = transpose(matrix)
    rows = cross(b, c), cross(c, a), cross(a, b)
    determinant = sum(p * q for p, q in zip(a, rows[0], strict=True))
    first, second, third = ((x / determinant, y / determinant, z / determinant) for x, y, z in rows)
    return first, second, third


def cross(a: Vector, b: Vector) -> Vector:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
