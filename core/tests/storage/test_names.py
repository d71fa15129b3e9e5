from hashlib import sha256
from re import fullmatch
from uuid import UUID

import pytest
from django.core.files.base import ContentFile

from core.models import uuid7
from core.storage.filesystem import AtomicFileSystemStorage
from core.storage.names import MEDIA_NAME_RE, MediaName, content_type_of, sha256_hex

OWNER_ID = UUID("01930000-0000-7000-8000-000000000000")
NAME = f"products/ab/{OWNER_ID}-abababababababab.jpg"


def image_name(sha256_hex: str = "ab" * 32, owner_id: UUID = OWNER_ID) -> MediaName:
    return MediaName.for_content("products", owner_id, sha256_hex, ".jpg")


class TestForContent:
    def test_is_the_same_for_the_same_content(self):
        assert {str(image_name()) for _ in range(2)} == {NAME}

    def test_differs_for_other_content(self):
        assert image_name("cd" * 32) != image_name()

    def test_differs_for_another_owner(self):
        assert image_name(owner_id=uuid7()) != image_name()

    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".gif", ".avif", "-large-1.webp"])
    def test_returns_a_name_that_is_served(self, suffix):
        name = MediaName.for_content("products", uuid7(), "ab" * 32, suffix)

        assert fullmatch(MEDIA_NAME_RE, str(name))


class TestParse:
    def test_returns_the_parts(self):
        name = MediaName.parse(NAME)

        assert name == MediaName("products", OWNER_ID, "abababababababab", ".jpg")
        assert str(name) == NAME

    def test_returns_the_parts_of_a_rendition(self):
        name = image_name().rendition("thumbnails", "-large-3.webp")

        assert MediaName.parse(str(name)) == name

    @pytest.mark.parametrize(
        "name",
        [
            "",
            "mug.png",
            "health/probe",
            f"products/ab/{'x' * 50}",
            NAME.replace("/ab/", "/cd/"),
            NAME.upper(),
            f"{NAME}/",
            f"/{NAME}",
        ],
    )
    def test_rejects_any_other_name(self, name):
        with pytest.raises(ValueError, match="Not the name of a media file"):
            MediaName.parse(name)


class TestRendition:
    def test_differs_in_directory_and_suffix_only(self):
        rendition = image_name().rendition("thumbnails", "-large-3.webp")

        assert str(rendition) == f"thumbnails/ab/{OWNER_ID}-abababababababab-large-3.webp"


class TestSharesSource:
    def test_is_true_for_an_image_and_its_renditions(self):
        image = image_name()

        assert image.shares_source(image.rendition("thumbnails", "-large-3.webp"))

    @pytest.mark.parametrize(
        "other", [image_name("cd" * 32), image_name(owner_id=uuid7())], ids=["content", "owner"]
    )
    def test_is_false_for_another_image(self, other):
        assert not image_name().shares_source(other)


class TestContentTypeOf:
    @pytest.mark.parametrize(
        ("name", "content_type"),
        [
            ("products/ab/x.jpg", "image/jpeg"),
            ("thumbnails/ab/x.webp", "image/webp"),
            ("health/probe", "application/octet-stream"),
            ("x.html", "application/octet-stream"),
        ],
    )
    def test_depends_on_the_extension(self, name, content_type):
        assert content_type_of(name) == content_type


class TestSha256Hex:
    def test_covers_the_whole_file(self):
        content = bytes(range(256)) * 1000

        assert sha256_hex(ContentFile(content)) == sha256(content).hexdigest()

    def test_rewinds_a_file_that_was_read_before(self):
        file = ContentFile(b"pixels")
        file.read()

        assert sha256_hex(file) == sha256(b"pixels").hexdigest()

    def test_leaves_the_file_to_be_stored(self, tmp_path):
        storage = AtomicFileSystemStorage(location=tmp_path)
        file = ContentFile(b"pixels")
        sha256_hex(file)

        storage.save(NAME, file)

        assert storage.open(NAME).read() == b"pixels"
