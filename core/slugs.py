"""Slugs: the readable names under which objects stand in URLs."""

import re
import secrets
from collections.abc import Iterator
from uuid import UUID

from anyascii import anyascii
from django.utils.text import slugify

MAX_LENGTH = 255
ROOM_FOR_SUFFIX = 9
NUMBERED = 5
DRAWN = 5
# `null` is how a filter says "none". The others will be paths; those that are already are known
# from the URLconf.
RESERVED = frozenset(
    {"bulk", "events", "export", "facets", "import", "imports", "null", "similar", "suggest"}
    | {"tree"}
)
PATTERN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ID_SHAPE = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def is_id(address: str) -> bool:
    """Tell whether an address in a URL is an id. No slug has that shape."""
    return ID_SHAPE.fullmatch(address) is not None


def is_well_formed(slug: str) -> bool:
    return len(slug) <= MAX_LENGTH and bool(PATTERN.fullmatch(slug)) and not is_id(slug)


def from_name(name: str, object_id: UUID) -> str:
    """Make a slug from a name in any script; where nothing readable is left, from the id."""
    slug = slugify(anyascii(name)).replace("_", "-")
    slug = re.sub("-+", "-", slug)[: MAX_LENGTH - ROOM_FOR_SUFFIX].strip("-")
    return slug or f"item-{object_id.hex[-8:]}"


def candidates(name: str, object_id: UUID) -> Iterator[str]:
    """Give slugs to try in turn: `mug`, `mug-2` to `mug-5`, then five like `mug-3f9c01ab`.

    Counting on would make the thousandth mug try a thousand times.
    """
    slug = from_name(name, object_id)
    if not is_id(slug):
        yield slug
    for number in range(2, NUMBERED + 1):
        yield f"{slug}-{number}"
    for _ in range(DRAWN):
        yield f"{slug}-{secrets.token_hex(4)}"
