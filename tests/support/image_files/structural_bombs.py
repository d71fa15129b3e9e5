"""Files at the size limit that consist of structure only, in each format."""

import struct
import zlib
from collections.abc import Iterator, Mapping

from tests.support.image_formats.isobmff import box, child_boxes
from tests.support.image_formats.jpeg import segment
from tests.support.image_formats.png import chunk
from tests.support.image_formats.webp import riff_chunk, webp_file
from tests.support.images import animated, jpeg, noise, png

LIMIT = 10 * 2**20

Bomb = tuple[str, bytes]


def fill(start: bytes, part: bytes, end: bytes = b"") -> bytes:
    """Repeat a part until the file has its full size."""
    return start + part * ((LIMIT - len(start) - len(end)) // len(part)) + end


def jpeg_bombs() -> Iterator[Bomb]:
    whole = jpeg()
    jfif = 4 + int.from_bytes(whole[4:6])
    start, end = whole[:jfif], whole[jfif:]
    photoshop = b"Photoshop 3.0\0" + b"8BIM\4\4\0\0\0\0\0\0" * 5000
    parts = {
        "tiny EXIF": segment(0xE1, b"Exif\0\0"),
        "EXIF of 64 KB": segment(0xE1, b"Exif\0\0" + bytes(65_000)),
        "empty APP0": segment(0xE0),
        "empty APP15": segment(0xEF),
        "tiny profiles": segment(0xE2, b"ICC_PROFILE\0\1\1"),
        "tiny XMP": segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0"),
        "comments": segment(0xFE, b"a"),
        "comments of 64 KB": segment(0xFE, bytes(65_000)),
        "image resources": segment(0xED, photoshop),
        "quantization tables": segment(0xDB, bytes(65)),
        "restart intervals": segment(0xDD, b"\0\0"),
        "fill": b"\xff",
        "markers": b"\xff\xd0",
        "junk": b"\0",
        "escaped junk": b"\xff\0",
    }
    for name, part in parts.items():
        yield f"JPEG, {name}", fill(start, part, end)
    whole = jpeg(progressive=True)
    scan = whole.index(b"\xff\xda")
    yield "JPEG, scans", fill(whole[:-2], whole[scan:-2], whole[-2:])
    yield "JPEG, scans without an end", fill(whole[:-2], whole[scan:-2])


def png_bombs() -> Iterator[Bomb]:
    whole = png()
    start, end = whole[:33], whole[33:]
    parts = {
        "tEXt": chunk(b"tEXt", b"a\0b"),
        "tEXt of one key each": chunk(b"tEXt"),
        "zTXt": chunk(b"zTXt", b"a\0\0" + zlib.compress(b"b")),
        "zTXt of a megabyte each": chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**20))),
        "iTXt": chunk(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(b"b")),
        "iCCP": chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(2**20))),
        "eXIf": chunk(b"eXIf", b"MM\0*"),
        "private chunks": chunk(b"prVt"),
        "private chunks of 64 KB": chunk(b"prVt", bytes(2**16)),
        "palettes": chunk(b"PLTE", bytes(3)),
        "keys": chunk(b"tRNS", bytes(6)),
        "empty IDAT": chunk(b"IDAT"),
    }
    for name, part in parts.items():
        yield f"PNG, {name}", fill(start, part, end)
    yield "PNG, IDAT of a byte each", fill(start, chunk(b"IDAT", b"\0"), end)
    yield "PNG, text behind the pixels", fill(whole[:-12], parts["tEXt"], whole[-12:])


def apng_bombs() -> Iterator[Bomb]:
    whole = animated("PNG")
    control = whole.index(b"fcTL") - 4
    start, end = whole[:control], whole[-12:]
    frame = struct.pack(">IIIIIHHBB", 0, 8, 8, 0, 0, 1, 10, 0, 0)
    pixels = whole[whole.index(b"IDAT") - 4 : whole.index(b"fcTL", control + 8) - 4]
    first = start + chunk(b"fcTL", frame) + pixels
    yield "APNG, fdAT", fill(first, chunk(b"fdAT", b"\0\0\0\1\0"), end)
    yield "APNG, fcTL", fill(first, chunk(b"fcTL", frame), end)
    yield "APNG, acTL", fill(whole[:33], chunk(b"acTL", b"\0\0\0\1\0\0\0\0"), whole[33:])
    every = chunk(b"fcTL", frame) + chunk(b"fdAT", b"\0\0\0\1" + zlib.compress(bytes(200)))
    yield "APNG, frames", fill(first, every, end)


def webp_bombs() -> Iterator[Bomb]:
    pixels = noise("WEBP", (8, 8))[12:]
    canvas = b"VP8X" + struct.pack("<I", 10)
    still, moving = canvas + b"\x0c\0\0\0\7\0\0\7\0\0", canvas + b"\2\0\0\0\7\0\0\7\0\0"
    frame = riff_chunk(b"ANMF", bytes(6) + b"\7\0\0\7\0\0\x64\0\0\0" + pixels)
    bodies = {
        "chunks": (still, riff_chunk(b"abcd"), pixels),
        "chunks behind the pixels": (still + pixels, riff_chunk(b"abcd"), b""),
        "EXIF": (still + pixels, riff_chunk(b"EXIF", b"MM"), b""),
        "XMP of 64 KB": (still + pixels, riff_chunk(b"XMP ", bytes(2**16)), b""),
        "profiles": (still, riff_chunk(b"ICCP", b"ab"), pixels),
        "alpha": (still, riff_chunk(b"ALPH", b"ab"), pixels),
        "frames": (moving + riff_chunk(b"ANIM", bytes(6)), frame, b""),
        "empty frames": (
            moving + riff_chunk(b"ANIM", bytes(6)) + frame,
            riff_chunk(b"ANMF", bytes(16)),
            b"",
        ),
        "images": (still, pixels, b""),
    }
    for name, (start, part, end) in bodies.items():
        body = fill(b"WEBP" + start, part, end)
        yield f"WebP, {name}", riff_chunk(b"RIFF", body)
    inner = fill(bytes(6) + b"\7\0\0\7\0\0\x64\0\0\0", riff_chunk(b"abcd"), pixels)
    parts = [moving, riff_chunk(b"ANIM", bytes(6)), riff_chunk(b"ANMF", inner)]
    yield "WebP, chunks in a frame", webp_file(*parts)


def gif_bombs() -> Iterator[Bomb]:
    whole = animated("GIF")
    head = 13 + 3 * 2 ** (1 + whole[10] % 8)
    start, end = whole[:head], whole[head:]
    parts = {
        "comments": b"\x21\xfe\1a\0",
        "empty comments": b"\x21\xfe\0",
        "controls": b"\x21\xf9\4\0\0\0\0\0",
        "texts": b"\x21\1\0",
        "junk": b"\0",
        "comments of 255 bytes": b"\x21\xfe" + (b"\xff" + bytes(255)) * 1000 + b"\0",
    }
    for name, part in parts.items():
        yield f"GIF, {name}", fill(start, part, end)
    yield "GIF, one comment in bytes", fill(start + b"\x21\xfe", b"\1a", b"\0" + end)
    yield "GIF, an application in bytes", fill(
        start + b"\x21\xff\x0bNETSCAPE2.0", b"\1\1", b"\0" + end
    )
    tiny = b"\x2c" + bytes(4) + b"\1\0\1\0\0\2\2\x4c\1\0"
    yield "GIF, frames", fill(start, tiny, b";")
    yield "GIF, frames with controls", fill(start, b"\x21\xf9\4\0\0\0\0\0" + tiny, b";")
    pixels = b"\x2c" + bytes(4) + b"\x08\0\x08\0\0\2"
    yield "GIF, pixels in bytes", fill(start + pixels, b"\1\0"[:1] + b"\x4c", b"\0;")
    yield "GIF, no end", fill(start + b"\x21\xfe", b"\1a")


class AvifTemplate:
    """A small AVIF image, of which variants with other boxes can be made."""

    def __init__(self) -> None:
        self.content = noise("AVIF", (16, 16))
        self.boxes = child_boxes(self.content)
        self.meta = child_boxes(self.boxes[b"meta"], 4)
        self.properties = child_boxes(self.meta[b"iprp"])

    def variant(self, meta: Mapping[bytes, bytes], extra: bytes = b"") -> bytes:
        """Return the image with other children of `meta`, and with a box before `mdat`."""
        inner = b"".join(box(name, content) for name, content in (self.meta | meta).items())
        parts = box(b"ftyp", self.boxes[b"ftyp"]), box(b"meta", bytes(4), inner), extra
        return b"".join([*parts, box(b"mdat", self.boxes[b"mdat"])])


def avif_bombs() -> Iterator[Bomb]:
    image = AvifTemplate()
    yield from avif_boxes(image)
    yield from avif_tables(image)
    yield from avif_references(image)
    yield from avif_properties(image)


def avif_boxes(image: AvifTemplate) -> Iterator[Bomb]:
    """Yield AVIF with boxes beside those that matter."""
    whole, handler = image.content, image.meta[b"hdlr"]
    yield "AVIF, free boxes", image.variant({}, box(b"free") * (LIMIT // 8 - 100))
    yield "AVIF, a free box", image.variant({}, box(b"free", bytes(LIMIT - 1000)))
    yield "AVIF, two meta", image.variant({}, box(b"meta", bytes(4), box(b"abcd") * 1_300_000))
    yield "AVIF, boxes in meta", image.variant({b"hdlr": handler + box(b"abcd") * 1_300_000})
    yield "AVIF, boxes of no size", whole[:32] + b"\0\0\0\1free" + bytes(LIMIT - 100)
    yield "AVIF, boxes of size 7", whole[:32] + b"\0\0\0\7free" * (LIMIT // 8 - 8)
    sizes = box(b"stsz", bytes(LIMIT - 1000))
    track = box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", sizes))))
    yield "AVIF, a track", image.variant({}, box(b"moov", track))


def avif_tables(image: AvifTemplate) -> Iterator[Bomb]:
    """Yield AVIF whose tables of items have very many entries."""
    many = 65_535
    location = struct.pack(">HHHII", 1, 0, 1, 0, 1)
    head = b"\0\0\0\0\x44\0" + struct.pack(">H", many)
    yield "AVIF, iloc", image.variant({b"iloc": head + location * many})
    information = box(b"infe", b"\2\0\0\0\0\1\0\0av01\0")
    head = bytes(4) + struct.pack(">H", many)
    yield "AVIF, iinf", image.variant({b"iinf": head + information * many})
    head = bytes(4) + struct.pack(">I", 2_600_000)
    associations = box(b"ipma", head + b"\0\1\1\1" * 2_600_000)
    containers = box(b"ipco", image.properties[b"ipco"])
    yield "AVIF, ipma", image.variant({b"iprp": containers + associations})
    empty = b"\1\0\0\0\0\0\0\1" + struct.pack(">HHHH", 1, 0, 0, many)
    yield "AVIF, extents of no bytes", image.variant({b"iloc": empty})
    items = struct.pack(">H", 4000) + struct.pack(">HHHH", 1, 0, 0, many) * 4000
    items = b"\1\0\0\0\0\0" + items
    yield "AVIF, items of extents of no bytes", image.variant({b"iloc": items})


def avif_references(image: AvifTemplate) -> Iterator[Bomb]:
    """Yield AVIF with very many references between items."""
    single = box(b"cdsc", struct.pack(">HHH", 1, 1, 1))
    yield "AVIF, iref", image.variant({b"iref": bytes(4) + single * 700_000})
    many = struct.pack(">HH", 1, 65_535) + struct.pack(">65535H", *range(65_535))
    yield "AVIF, references", image.variant({b"iref": bytes(4) + box(b"dimg", many) * 70})
    few = struct.pack(">HH", 1, 16_000) + struct.pack(">16000H", *range(2, 16_002))
    yield "AVIF, references in 32 KB", image.variant({b"iref": bytes(4) + box(b"dimg", few)})


def avif_properties(image: AvifTemplate) -> Iterator[Bomb]:
    """Yield AVIF with very many properties, or deeply nested ones."""
    containers = box(b"ipco", box(b"free") * 1_300_000)
    associations = box(b"ipma", image.properties[b"ipma"])
    yield "AVIF, properties", image.variant({b"iprp": containers + associations})
    nested = b""
    for _ in range(20_000):
        nested = box(b"iprp", nested)
    yield "AVIF, boxes in boxes", image.variant({b"iprp": nested})
    zero = b"\0\0\0\0iprp" * 1_000_000
    yield "AVIF, a box of size 0 in each", image.variant({b"iprp": zero})


STRUCTURAL_BOMBS = [jpeg_bombs, png_bombs, apng_bombs, webp_bombs, gif_bombs, avif_bombs]
