"""Names of stored files. They carry the owner and a digest of the content."""

from hashlib import sha256
from uuid import UUID

from django.core.files import File

SHARD = 2
DIGEST = 16  # hexadecimal digits
STEM = 36 + 1 + DIGEST  # of a name: its owner, a hyphen, and the digest
CACHE_CONTROL = "public, max-age=31536000, immutable"  # new content has a new name
CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "avif": "image/avif",
}


def content_name(folder: str, owner: UUID, digest: str, suffix: str) -> str:
    """Name a file for its content: new content has a new name, so it may be cached for ever."""
    return f"{folder}/{digest[:SHARD]}/{owner}-{digest[:DIGEST]}{suffix}"


def stand_for_one_picture(name: str, other: str) -> bool:
    """Tell whether two names carry the same owner and the same digest."""
    return name.rpartition("/")[2][:STEM] == other.rpartition("/")[2][:STEM]


def content_type_of(name: str) -> str:
    """Tell what a file is from the extension that we gave it."""
    return CONTENT_TYPES.get(name.rpartition(".")[2], "application/octet-stream")


def owner_of(name: str) -> UUID | None:
    """Tell whose file this is from the name that `content_name` gave, None for any other name."""
    try:
        return UUID(name.rpartition("/")[2][:36])
    except ValueError:
        return None


def sha256_hex(file: File) -> str:
    """Give the SHA-256 of a file in hex."""
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()
