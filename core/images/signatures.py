"""What picture files look like in bytes, as far as Pillow does not tell."""

MAGIC_NUMBERS = {
    b"BM": "BMP",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"8BPS": "PSD",
    b"%!PS": "EPS",
    b"\x00\x00\x01\x00": "ICO",
    b"\x00\x00\x00\x0cjP": "JPEG 2000",
}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}

GIF_EXTENSION, GIF_FRAME = 0x21, 0x2C
JPEG_SCAN, JPEG_END = 0xDA, b"\xff\xd9"


def sniff_rejected_format(start: bytes) -> str | None:
    """Name the kind of picture, not one that we take, whose first bytes these are."""
    if start[4:8] == b"ftyp" and start[8:12] in HEIC_BRANDS:
        return "HEIC"
    if b"<svg" in start:
        return "SVG"
    return next((kind for magic, kind in MAGIC_NUMBERS.items() if start.startswith(magic)), None)


def is_complete(kind: str, data: bytes) -> bool:
    """Tell whether a file was cut off, from its structure. `kind` is Pillow's name of its format.

    PNG and WebP are not looked at: Pillow's own `open` and `verify` tell.
    """
    try:
        match kind:
            case "JPEG" | "MPO":
                return jpeg_end(data) > 0
            case "GIF":
                return gif_end(data) <= len(data)
            case "AVIF":
                return avif_end(data) <= len(data)
            case _:
                return True
    except IndexError:
        return False


def jpeg_end(data: bytes) -> int:
    """Find the end marker behind the first scan; -1 if there is none.

    Segments are skipped by their lengths, because an embedded preview has an end marker too.
    """
    at = 2
    while data[at] == 0xFF and data[at + 1] != JPEG_SCAN:
        at += 2 + int.from_bytes(data[at + 2 : at + 4]) if data[at + 1] != 0xFF else 1
    return data.find(JPEG_END, at)


def gif_end(data: bytes) -> int:
    """Find where the first frame ends: with the empty one of its blocks."""
    at = 13 + color_table_size(data[10])
    while data[at] != GIF_FRAME:
        at = skip_sub_blocks(data, at + 2) if data[at] == GIF_EXTENSION else at + 1
    return skip_sub_blocks(data, at + 11 + color_table_size(data[at + 9]))


def color_table_size(flags: int) -> int:
    return 3 * 2 ** (1 + flags % 8) if flags & 0x80 else 0


def skip_sub_blocks(data: bytes, at: int) -> int:
    while data[at]:
        at += 1 + data[at]
    return at + 1


def avif_end(data: bytes) -> int:
    """Find where the box with the pixels ends; one of size 0 ends wherever the file does."""
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4])
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16])
        end = at + max(size, 8)
        if data[at + 4 : at + 8] == b"mdat":
            return end
        at = end
    raise IndexError(at)
