"""Names of stored files. They carry their owner and a digest of the content."""

import re
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import ClassVar, Self
from uuid import UUID

from django.core.files import File

from core.storage.uploads import UploadedImage

CACHE_CONTROL = "public, max-age=31536000, immutable"  # new content has a new name
CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "avif": "image/avif",
}
# What is served, also by nginx; no other name in the storage is, whatever a client requests.
MEDIA_NAME_RE = rf"(?P<name>[a-z]+/[0-9a-f]{{2}}/[-0-9a-z]+\.(?:{'|'.join(CONTENT_TYPES)}))"


@dataclass(frozen=True)
class MediaName:
    """The name of an image's file, `products/ab/<owner id>-<digest>.jpg`, or of a rendition's.

    A name stands for its content: new content has a new name. The renditions of an image have
    its owner and its digest, in another directory and with another suffix.
    """

    DIGEST_LENGTH: ClassVar = 16  # hexadecimal digits of the image's SHA-256
    SHARD_LENGTH: ClassVar = 2  # of these; 256 directories keep each one small
    PATTERN: ClassVar = re.compile(
        r"(?P<directory>[a-z]+)/(?P<shard>[0-9a-f]{2})"
        r"/(?P<owner_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
        r"-(?P<digest>(?P=shard)[0-9a-f]{14})(?P<suffix>[-0-9a-z]*\.[a-z]+)"
    )

    directory: str
    owner_id: UUID
    digest: str
    suffix: str

    @classmethod
    def for_content(cls, directory: str, owner_id: UUID, sha256_hex: str, suffix: str) -> Self:
        """Return the name of a file whose content has this SHA-256."""
        return cls(directory, owner_id, sha256_hex[: cls.DIGEST_LENGTH], suffix)

    @classmethod
    def parse(cls, name: str | None) -> Self:
        """Return the parts of a name. Raises `ValueError` for one of another form."""
        match = cls.PATTERN.fullmatch(name or "")
        if match is None:
            raise ValueError(f"Not the name of a media file: {name!r}")
        return cls(match["directory"], UUID(match["owner_id"]), match["digest"], match["suffix"])

    def rendition(self, directory: str, suffix: str) -> Self:
        """Return the name of a file that is rendered from this image."""
        return replace(self, directory=directory, suffix=suffix)

    def shares_source(self, other: Self) -> bool:
        """Check whether both are the same image, or renditions of it."""
        return (self.owner_id, self.digest) == (other.owner_id, other.digest)

    def __str__(self) -> str:
        shard = self.digest[: self.SHARD_LENGTH]
        return f"{self.directory}/{shard}/{self.owner_id}-{self.digest}{self.suffix}"


def content_type_of(name: str) -> str:
    """Return the media type of a file by its extension, which this program chose."""
    return CONTENT_TYPES.get(name.rpartition(".")[2], "application/octet-stream")


def sha256_hex(file: File) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    if isinstance(file, UploadedImage):
        return file.sha256_hex
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()
