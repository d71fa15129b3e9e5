"""Files that are on the disk, whole, before anything says so."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage

from core.errors import StorageUnavailable


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
