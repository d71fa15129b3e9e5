"""RIFF chunks, which WebP files are made of."""

import struct


def riff_chunk(name: bytes, content: bytes = b"") -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def webp_file(*chunks: bytes) -> bytes:
    return riff_chunk(b"RIFF", b"".join([b"WEBP", *chunks]))


def chunk_names(webp: bytes) -> set[bytes]:
    """Return the names of the chunks of a WebP file."""
    names, at = set(), 12
    while at < len(webp):
        names.add(webp[at : at + 4])
        size = int.from_bytes(webp[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    return names
