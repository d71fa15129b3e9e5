"""Files that are on the disk, whole, before anything says so; and the names of files."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.core.files import File
from django.core.files.storage import FileSystemStorage

from core.errors import StorageUnavailable

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


class DurableFileSystemStorage(FileSystemStorage):
    """Writes a file beside its place, syncs it, and renames it: it is there whole, or not at all.

    Names carry a digest of the content, so a name that exists already has this content.
    """

    def __init__(self, **options: object) -> None:
        super().__init__(allow_overwrite=True, **options)

    def _save(self, name: str, content: File) -> str:
        target = Path(self.path(name))
        with unavailable_named():
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as part:
                try:
                    for chunk in content.chunks():
                        part.write(chunk)
                    part.flush()
                    os.fsync(part.fileno())
                    os.chmod(part.name, self.file_permissions_mode or 0o644)
                    os.replace(part.name, target)
                except BaseException:
                    with suppress(OSError):
                        os.unlink(part.name)
                    raise
            for folder in target.relative_to(self.location).parents:  # the new ones have names too
                sync_folder(Path(self.location, folder))
        return name


@contextmanager
def unavailable_named() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        detail = f"The picture cannot be stored now: {error.strerror or 'unknown reason'}."
        raise StorageUnavailable(detail) from error


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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


def digest_of(file: File) -> str:
    """Give the SHA-256 of a file in hex."""
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()
