"""Boxes of ISOBMFF, which AVIF files are made of."""

import struct


def box(name: bytes, *content: bytes) -> bytes:
    inner = b"".join(content)
    return struct.pack(">I", 8 + len(inner)) + name + inner


def child_boxes(data: bytes, at: int = 0) -> dict[bytes, bytes]:
    """Return the content of each box by its name."""
    found = {}
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4])
        found[data[at + 4 : at + 8]] = data[at + 8 : at + size]
        at += size
    return found


def move_pixels_to_idat(avif: bytes) -> bytes:
    """Move an image's pixels from `mdat` to `idat`."""
    top = child_boxes(avif)
    meta = child_boxes(top[b"meta"], 4)
    location = meta[b"iloc"]
    assert location[:1] + location[4:8] == b"\0\x44\0\0\1", "one item in one piece"
    start, size = struct.unpack(">II", location[14:22])
    meta[b"iloc"] = b"".join(
        [b"\1\0\0\0\x44\0\0\1", location[8:10], b"\0\1\0\0\0\1", struct.pack(">II", 0, size)]
    )
    inner = b"".join(box(name, content) for name, content in meta.items())
    inner += box(b"idat", avif[start : start + size])
    return box(b"ftyp", top[b"ftyp"]) + box(b"meta", bytes(4), inner)
