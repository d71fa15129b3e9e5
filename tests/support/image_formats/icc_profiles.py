"""Color profiles for tests, written by hand: Pillow can only make sRGB's."""

import struct
from collections.abc import Mapping

Vector = tuple[float, float, float]
D50 = (0.9642, 1.0, 0.8249)
COPYRIGHT = b"Profile by a secret camera"


def curve(gamma: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)


SRGB_CURVE = b"para" + bytes(4) + struct.pack(">HH", 3, 0) + b"".join(
    struct.pack(">i", round(value * 65536))
    for value in (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
)  # fmt: skip


def xyz(vector: Vector) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(value * 65536) for value in vector))


def profile(space: bytes, tags: Mapping[bytes, bytes], connection: bytes = b"XYZ ") -> bytes:
    """Return an ICC profile of a color space, such as `RGB `."""
    tags = {b"wtpt": xyz(D50), b"cprt": b"text" + bytes(4) + COPYRIGHT + b"\0"} | tags
    table, content = struct.pack(">I", len(tags)), b""
    for name, tag in tags.items():
        at = 132 + 12 * len(tags) + len(content)
        table += name + struct.pack(">II", at, len(tag))
        content += tag + bytes(-len(tag) % 4)
    size = 128 + len(table) + len(content)
    head = struct.pack(">I4xI4s4s4s12x4s28x", size, 0x04300000, b"mntr", space, connection, b"acsp")
    return (head + xyz(D50)[8:]).ljust(128, b"\0") + table + content


def rgb_profile(red: Vector, green: Vector, blue: Vector, tone: bytes) -> bytes:
    """Return the profile of a space with these primaries, as XYZ under D50."""
    primaries = {b"rXYZ": xyz(red), b"gXYZ": xyz(green), b"bXYZ": xyz(blue)}
    return profile(b"RGB ", primaries | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), tone))


DISPLAY_P3 = rgb_profile(
    (0.515102, 0.241182, -0.001050),
    (0.291965, 0.692236, 0.041882),
    (0.157153, 0.066582, 0.784378),
    SRGB_CURVE,
)
ADOBE_RGB = rgb_profile(
    (0.609741, 0.311111, 0.019470),
    (0.205276, 0.625671, 0.060867),
    (0.149185, 0.063217, 0.744568),
    curve(2.19921875),
)
LINEAR_GRAY = profile(b"GRAY", {b"kTRC": curve(1)})

# A printer whose every ink gives the same gray: a table of 16 times Lab(50, 0, 0).
IDENTITY = struct.pack(">9i", *(65536 * (number % 4 == 0) for number in range(9)))
CMYK_ALL_GRAY = profile(
    b"CMYK",
    {
        b"A2B0": b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + IDENTITY
        + bytes(range(256)) * 4 + bytes([127, 128, 128]) * 16 + bytes(range(256)) * 3
    },
    connection=b"Lab ",
)  # fmt: skip
