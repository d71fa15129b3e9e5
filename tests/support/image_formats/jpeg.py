"""Segments, which JPEG files are made of."""

import struct


def segment(marker: int, content: bytes = b"") -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def with_comment(jpeg: bytes, comment: bytes) -> bytes:
    """Insert a comment behind the first marker."""
    return jpeg[:2] + segment(0xFE, comment) + jpeg[2:]
