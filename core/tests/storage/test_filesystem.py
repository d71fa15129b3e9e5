import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile

from core.errors import StorageUnavailable
from core.storage.filesystem import AtomicFileSystemStorage

NAME = "products/ab/mug.png"


@pytest.fixture
def storage(tmp_path: Path) -> AtomicFileSystemStorage:
    return AtomicFileSystemStorage(location=tmp_path)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the calls that sync and rename files, in order."""
    calls: list[str] = []
    fsync, replace = os.fsync, os.replace

    def recorded_fsync(handle: int) -> None:
        calls.append(f"sync {os.path.basename(os.readlink(f'/proc/self/fd/{handle}'))}")
        fsync(handle)

    def recorded_replace(source: str, target: Path) -> None:
        calls.append(f"rename {os.path.basename(target)}")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", recorded_fsync)
    monkeypatch.setattr(os, "replace", recorded_replace)
    return calls


class BrokenFile(ContentFile):
    """A file whose second half cannot be read."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"first half"
        raise OSError("the client disconnected")


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


class TestAtomicFileSystemStorage:
    def test_returns_stored_content(self, storage):
        name = storage.save(NAME, ContentFile(b"pixels"))

        assert name == NAME
        assert storage.open(NAME).read() == b"pixels"

    def test_leaves_no_temporary_file(self, storage, tmp_path):
        storage.save(NAME, ContentFile(b"pixels"))

        assert files_in(tmp_path) == ["mug.png"]

    def test_overwrites_the_same_name(self, storage, tmp_path):
        names = {storage.save(NAME, ContentFile(b"pixels")) for _ in range(2)}

        assert names == {NAME}
        assert files_in(tmp_path) == ["mug.png"]

    def test_rewinds_a_file_that_was_read_before(self, storage):
        content = ContentFile(b"pixels")
        content.read()

        storage.save(NAME, content)

        assert storage.open(NAME).read() == b"pixels"

    def test_stores_whole_files_concurrently(self, storage, tmp_path):
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: storage.save(NAME, ContentFile(b"x" * 99_999)), range(30)))

        assert storage.open(NAME).read() == b"x" * 99_999
        assert files_in(tmp_path) == ["mug.png"]

    def test_keeps_the_previous_file_if_the_new_one_fails(self, storage):
        storage.save(NAME, ContentFile(b"old"))

        with pytest.raises(StorageUnavailable):
            storage.save(NAME, BrokenFile(b""))

        assert storage.open(NAME).read() == b"old"

    def test_leaves_no_partial_file(self, storage, tmp_path):
        with pytest.raises(StorageUnavailable):
            storage.save(NAME, BrokenFile(b""))

        assert files_in(tmp_path) == []

    def test_makes_files_readable_for_a_web_server(self, storage):
        storage.save(NAME, ContentFile(b"pixels"))

        assert os.stat(storage.path(NAME)).st_mode & 0o777 == 0o644

    @pytest.mark.parametrize("name", ["../mug.png", "/etc/mug.png", "products/../../mug.png"])
    def test_rejects_names_outside_its_directory(self, storage, name):
        with pytest.raises(SuspiciousFileOperation):
            storage.save(name, ContentFile(b"pixels"))

    @pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads names from /proc")
    def test_syncs_the_file_before_its_rename_and_directories_after(self, storage, tmp_path, calls):
        storage.save(NAME, ContentFile(b"pixels"))

        temporary, *others = calls
        assert temporary.startswith("sync .")
        assert others == ["rename mug.png", "sync ab", "sync products", f"sync {tmp_path.name}"]

    def test_raises_storage_unavailable_on_a_full_disk(self, storage, no_room):
        with pytest.raises(StorageUnavailable, match="File too large"):
            storage.save(NAME, ContentFile(bytes(5 * 2**20)))

    def test_leaves_no_file_on_a_full_disk(self, storage, no_room, tmp_path):
        with pytest.raises(StorageUnavailable):
            storage.save(NAME, ContentFile(bytes(5 * 2**20)))

        assert files_in(tmp_path) == []

    def test_raises_storage_unavailable_if_its_location_is_a_file(self, tmp_path):
        in_the_way = tmp_path / "file"
        in_the_way.write_bytes(b"")

        with pytest.raises(StorageUnavailable):
            AtomicFileSystemStorage(location=in_the_way).save(NAME, ContentFile(b"pixels"))

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_raises_storage_unavailable_without_permission(self, storage, tmp_path):
        tmp_path.chmod(0o500)

        with pytest.raises(StorageUnavailable, match="Permission denied"):
            storage.save(NAME, ContentFile(b"pixels"))
