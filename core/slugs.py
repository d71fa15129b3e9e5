"""The syntax of slugs, and candidates for one made from a name."""

import re
import secrets
from collections.abc import Iterator
from uuid import UUID

from anyascii import anyascii
from django.utils.text import slugify

MAX_SLUG_LENGTH = 255
SUFFIX_LENGTH = 9  # of `-3f9c01ab`
NUMBERED_CANDIDATES = 5
RANDOM_CANDIDATES = 5
# Words that the URLconf uses, or will use, where a slug is: a test walks the URLconf and finds any
# that is missing here. `null` means "none" in a filter.
RESERVED_SLUGS = frozenset(
    {"bulk", "events", "export", "facets", "import", "imports", "null", "similar", "suggest"}
    | {"tree"}
)
SLUG_RE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
UUID_RE = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def is_uuid(slug_or_id: str) -> bool:
    """Return whether a slug or id is an id. No slug has that shape."""
    return UUID_RE.fullmatch(slug_or_id) is not None


def is_valid_slug(slug: str) -> bool:
    return len(slug) <= MAX_SLUG_LENGTH and bool(SLUG_RE.fullmatch(slug)) and not is_uuid(slug)


def is_reserved_slug(slug: str) -> bool:
    return slug in RESERVED_SLUGS


def slug_from_name(name: str, object_id: UUID) -> str:
    """Return a slug for a name in any script; where nothing readable is left, for the id."""
    slug = slugify(anyascii(name)).replace("_", "-")
    slug = re.sub("-+", "-", slug)[: MAX_SLUG_LENGTH - SUFFIX_LENGTH].strip("-")
    return slug or f"item-{object_id.hex[-8:]}"


def slug_candidates(name: str, object_id: UUID) -> Iterator[str]:
    """Yield `mug`, `mug-2` to `mug-5`, then five like `mug-3f9c01ab`.

    With numbers alone the thousandth mug would need a thousand attempts.
    """
    slug = slug_from_name(name, object_id)
    if not is_uuid(slug):
        yield slug
    for number in range(2, NUMBERED_CANDIDATES + 1):
        yield f"{slug}-{number}"
    for _ in range(RANDOM_CANDIDATES):
        yield f"{slug}-{secrets.token_hex(4)}"
