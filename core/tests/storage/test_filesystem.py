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
    """Write down what the operating system is asked to sync, and when a file gets its name."""
    calls: list[str] = []
    fsync, replace = os.fsync, os.replace

    def recorded_fsync(handle: int) -> None:
        calls.append(f"sync {os.path.basename(os.readlink(f'/proc/self/fd/{handle}'))}")
        fsync(handle)

    def recorded_replace(source: str, target: Path) -> None:
        calls.append(f"name {os.path.basename(target)}")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", recorded_fsync)
    monkeypatch.setattr(os, "replace", recorded_replace)
    return calls


class BrokenFile(ContentFile):
    """A file whose second half cannot be read."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"first half"
        raise OSError("the client has gone")


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


class TestAtomicFileSystemStorage:
    def test_gives_back_what_was_stored(self, storage):
        name = storage.save(NAME, ContentFile(b"pixels"))

        assert name == NAME
        assert storage.open(NAME).read() == b"pixels"

    def test_leaves_nothing_beside_the_file(self, storage, tmp_path):
        storage.save(NAME, ContentFile(b"pixels"))

        assert files_in(tmp_path) == ["mug.png"]

    def test_stores_the_same_again_under_the_same_name(self, storage, tmp_path):
        names = {storage.save(NAME, ContentFile(b"pixels")) for _ in range(2)}

        assert names == {NAME}
        assert files_in(tmp_path) == ["mug.png"]

    def test_stores_a_file_whole_that_was_read_before(self, storage):
        content = ContentFile(b"pixels")
        content.read()

        storage.save(NAME, content)

        assert storage.open(NAME).read() == b"pixels"

    def test_stores_a_file_whole_when_many_store_it_at_once(self, storage, tmp_path):
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: storage.save(NAME, ContentFile(b"x" * 99_999)), range(30)))

        assert storage.open(NAME).read() == b"x" * 99_999
        assert files_in(tmp_path) == ["mug.png"]

    def test_keeps_the_old_file_until_the_new_one_is_whole(self, storage):
        storage.save(NAME, ContentFile(b"old"))

        with pytest.raises(StorageUnavailable):
            storage.save(NAME, BrokenFile(b""))

        assert storage.open(NAME).read() == b"old"

    def test_leaves_no_half_of_a_file(self, storage, tmp_path):
        with pytest.raises(StorageUnavailable):
            storage.save(NAME, BrokenFile(b""))

        assert files_in(tmp_path) == []

    def test_can_be_read_by_a_web_server(self, storage):
        storage.save(NAME, ContentFile(b"pixels"))

        assert os.stat(storage.path(NAME)).st_mode & 0o777 == 0o644

    @pytest.mark.parametrize("name", ["../mug.png", "/etc/mug.png", "products/../../mug.png"])
    def test_never_leaves_its_folder(self, storage, name):
        with pytest.raises(SuspiciousFileOperation):
            storage.save(name, ContentFile(b"pixels"))

    @pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="asks Linux for names")
    def test_syncs_the_file_before_it_has_its_name_and_the_folders_after(
        self, storage, tmp_path, calls
    ):
        storage.save(NAME, ContentFile(b"pixels"))

        part, *others = calls
        assert part.startswith("sync .")
        assert others == ["name mug.png", "sync ab", "sync products", f"sync {tmp_path.name}"]

    def test_says_that_there_is_no_room(self, storage, no_room):
        with pytest.raises(StorageUnavailable, match="File too large"):
            storage.save(NAME, ContentFile(bytes(5 * 2**20)))

    def test_leaves_nothing_where_there_is_no_room(self, storage, no_room, tmp_path):
        with pytest.raises(StorageUnavailable):
            storage.save(NAME, ContentFile(bytes(5 * 2**20)))

        assert files_in(tmp_path) == []

    def test_says_that_its_folder_is_no_folder(self, tmp_path):
        in_the_way = tmp_path / "file"
        in_the_way.write_bytes(b"")

        with pytest.raises(StorageUnavailable):
            AtomicFileSystemStorage(location=in_the_way).save(NAME, ContentFile(b"pixels"))

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_says_that_it_may_not_write(self, storage, tmp_path):
        tmp_path.chmod(0o500)

        with pytest.raises(StorageUnavailable, match="Permission denied"):
            storage.save(NAME, ContentFile(b"pixels"))
