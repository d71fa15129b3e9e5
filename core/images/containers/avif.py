"""AVIF: boxes of ISOBMFF. Items locate bytes, properties describe them."""

from collections.abc import Iterator, Set
from typing import NamedTuple

from core.images.color_spaces import cicp_profile
from core.images.containers.base import Budget, Container, damaged_error, incomplete_error

MAX_BOXES = 5000  # including items and their extents; an image of 400 tiles has 1,600
MAX_TABLE = 2**15  # bytes of a box that a decoder searches, in time that grows with their square
TABLES = {b"iloc", b"iref", b"ipma", b"grpl", b"pitm", b"hdlr"}
METADATA_ITEMS = {b"Exif", b"mime"}
UNKNOWN = b"skip"  # a type that decoders ignore
IN_FILE, IN_IDAT = 0, 1  # construction methods of items


class Box(NamedTuple):
    """A box, with the offsets of its content in the file."""

    name: bytes
    start: int
    end: int


class Reader:
    """Reads integers and boxes of a file, within a budget."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.budget = Budget(MAX_BOXES)
        self.at = 0

    def number(self, size: int) -> int:
        """Return the next unsigned integer of this many bytes."""
        self.at += size
        if self.at > len(self.data):
            raise incomplete_error()
        return int.from_bytes(self.data[self.at - size : self.at])

    def boxes(self, start: int, end: int) -> Iterator[Box]:
        """Yield the boxes between two offsets. The last one of a file may be truncated."""
        while start + 8 <= end:
            self.budget.spend()
            self.at = start
            size, name = self.number(4), self.data[start + 4 : start + 8]
            self.at += 4
            if size == 1:
                size = self.number(8)
            content, start = self.at, end if size == 0 else start + size
            if start < content:
                raise damaged_error()
            if start > end < len(self.data):
                raise incomplete_error()
            yield Box(name, content, min(start, end))
            if start > end and name in {b"meta", b"mdat"}:
                raise incomplete_error()

    def children(self, parent: Box, skip: int = 0) -> dict[bytes, Box]:
        """Return the first box of each name inside a box."""
        found: dict[bytes, Box] = {}
        for box in self.boxes(parent.start + skip, parent.end):
            found.setdefault(box.name, box)
        return found

    def enter(self, box: Box) -> int:
        """Seek to the content of a versioned box, and return the version."""
        self.at = box.start + 4
        return self.data[box.start]


def read_avif(data: bytes) -> Container:
    """Check the boxes, and hide from the decoder what it must not read.

    It would reject damaged EXIF and XMP, and read the sample tables of a sequence, of which the
    still image is enough. Orientation is a property (irot, imir), which the decoder reports.
    """
    reader = Reader(data)
    top: dict[bytes, Box] = {}
    for box in reader.boxes(0, len(data)):
        is_other = box.name != b"mdat" and (box.name != b"meta" or b"meta" in top)
        reader.budget.spend(box.end - box.start if is_other else 0, parts=0)
        top.setdefault(box.name, box)
    if not {b"ftyp", b"meta"} <= top.keys():
        raise incomplete_error()
    meta = reader.children(top[b"meta"], skip=4)
    for name, box in meta.items():
        size = box.end - box.start
        reader.budget.spend(0 if name == b"idat" else size, parts=0)
        if name in TABLES and size > MAX_TABLE:
            raise damaged_error()
    if not {b"pitm", b"iinf", b"iloc", b"iprp"} <= meta.keys():
        raise incomplete_error()
    hidden = metadata_items(reader, meta[b"iinf"])
    check_extents(reader, meta, hidden.keys())
    if b"iref" in meta:
        count_references(reader, meta[b"iref"])
    stream = bytearray(data)
    for at in hidden.values():
        stream[at : at + 4] = UNKNOWN
    if b"moov" in top:
        stream[top[b"moov"].start - 4 : top[b"moov"].start] = UNKNOWN
        brands = slice(top[b"ftyp"].start, top[b"ftyp"].end)
        stream[brands] = stream[brands].replace(b"avis", b"avif")
    profile = icc_profile(reader, meta)
    return Container("AVIF", bytes(stream), orientation=None, icc_profile=profile)


def metadata_items(reader: Reader, iinf: Box) -> dict[int, int]:
    """Return the ids of EXIF and XMP items, with the offsets of their types."""
    found = {}
    start = iinf.start + (6 if reader.enter(iinf) == 0 else 8)
    for box in reader.boxes(start, iinf.end):
        version = reader.enter(box)
        item = reader.number(2 if version < 3 else 4)
        at = reader.at + 2
        if version >= 2 and reader.data[at : at + 4] in METADATA_ITEMS:
            found[item] = at
    return found


def check_extents(reader: Reader, meta: dict[bytes, Box], hidden: Set[int]) -> None:
    """Raise `InvalidImage` if an item extends beyond the file; hidden items may."""
    version = reader.enter(meta[b"iloc"])
    sizes = reader.number(2)
    offset_size, length_size, base_size, index_size = (sizes >> at & 15 for at in (12, 8, 4, 0))
    wide = 2 if version < 2 else 4
    idat = meta.get(b"idat", Box(b"idat", 0, 0))
    ends = {IN_FILE: len(reader.data), IN_IDAT: idat.end - idat.start}
    for _ in range(reader.number(wide)):
        reader.budget.spend()
        item = reader.number(wide)
        method = reader.number(2) & 15 if version else IN_FILE
        reader.number(2)  # data reference: nothing but this file is in use
        base, count = reader.number(base_size), reader.number(2)
        for _ in range(count):
            reader.budget.spend()
            reader.number(index_size if version else 0)
            offset, length = reader.number(offset_size), reader.number(length_size)
            if item not in hidden and base + offset + length > ends.get(method, 0):
                raise incomplete_error()


def count_references(reader: Reader, iref: Box) -> None:
    """Spend the budget on references, because a decoder searches all items for each."""
    wide = 2 if reader.enter(iref) == 0 else 4
    for _ in reader.boxes(iref.start + 4, iref.end):
        reader.number(wide)
        reader.budget.spend(parts=reader.number(2))


def icc_profile(reader: Reader, meta: dict[bytes, Box]) -> bytes | None:
    """Return the profile of the primary item: embedded, else built from its nclx numbers."""
    profile = None
    for box in primary_properties(reader, meta):
        content = reader.data[box.start : box.end]
        if box.name == b"colr" and content[:4] in {b"prof", b"rICC"}:
            return content[4:]
        if box.name == b"colr" and content[:4] == b"nclx":
            profile = cicp_profile(int.from_bytes(content[4:6]), int.from_bytes(content[6:8]))
    return profile


def primary_properties(reader: Reader, meta: dict[bytes, Box]) -> list[Box]:
    """Return the properties of the primary item. Raises `InvalidImage` if it has none."""
    version = reader.enter(meta[b"pitm"])
    primary = reader.number(2 if version == 0 else 4)
    tables = reader.children(meta[b"iprp"])
    if not {b"ipco", b"ipma"} <= tables.keys():
        raise incomplete_error()
    ipco, ipma = tables[b"ipco"], tables[b"ipma"]
    if ipma.end - ipma.start > MAX_TABLE:
        raise damaged_error()
    properties = list(reader.boxes(ipco.start, ipco.end))
    version = reader.enter(ipma)
    wide = reader.data[ipma.start + 3] & 1
    for _ in range(reader.number(4)):
        reader.budget.spend()
        item = reader.number(4 if version else 2)
        indexes = [
            reader.number(2) & 0x7FFF if wide else reader.number(1) & 0x7F
            for _ in range(reader.number(1))
        ]
        if item == primary:
            return [properties[index - 1] for index in indexes if 0 < index <= len(properties)]
    raise damaged_error()
