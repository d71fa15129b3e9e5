"""Media in a directory: a file is written whole and synced before its name appears."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage

from core.errors import StorageUnavailable


class AtomicFileSystemStorage(FileSystemStorage):
    """File system storage that writes to a temporary file, syncs it and renames it.

    Names carry a digest of the content, so a name that exists already has this content.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_overwrite=True, **options)

    def _save(self, name: str, content: File) -> str:
        """Save atomically and durably. Raises `StorageUnavailable`."""
        target = Path(self.path(name))
        with translate_os_errors():
            target.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(target, content, self.file_permissions_mode or 0o644)
            # All the way up: a new directory's own name has to be synced, too.
            for directory in target.relative_to(self.location).parents:
                fsync_directory(Path(self.location, directory))
        return name


def write_atomically(target: Path, content: File, mode: int) -> None:
    """Write and sync a hidden temporary file beside the target, then rename it."""
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as temporary:
        try:
            for chunk in content.chunks():
                temporary.write(chunk)
            temporary.flush()
            os.fsync(temporary.fileno())
            os.chmod(temporary.name, mode)
            os.replace(temporary.name, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary.name)
            raise


@contextmanager
def translate_os_errors() -> Iterator[None]:
    """Raise `StorageUnavailable` for an `OSError`."""
    try:
        yield
    except OSError as error:
        detail = f"The image cannot be stored now: {error.strerror or 'unknown reason'}."
        raise StorageUnavailable(detail) from error


def fsync_directory(directory: Path) -> None:
    """Make a rename in this directory survive a power failure."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
