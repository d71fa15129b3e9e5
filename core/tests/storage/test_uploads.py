from hashlib import sha256
from typing import Any

import pytest

from core.storage import uploads
from core.storage.names import sha256_hex
from core.storage.uploads import UploadedImage
from tests.support.images import png

URL = "/api/products/"


@pytest.fixture
def hashed(monkeypatch) -> list[int]:
    """Return the sizes of what is hashed, filled as it is."""
    sizes: list[int] = []

    def counting(content: bytes) -> Any:
        sizes.append(len(content))
        return sha256(content)

    monkeypatch.setattr(uploads, "sha256", counting)
    return sizes


class TestUploadedImage:
    def test_has_the_digest_of_its_content(self):
        assert UploadedImage("a", b"pixels").sha256_hex == sha256(b"pixels").hexdigest()

    def test_is_hashed_once(self, hashed):
        file = UploadedImage("a", b"pixels")

        assert sha256_hex(file) == sha256_hex(file)
        assert hashed == [6]

    def test_is_hashed_from_its_start_and_rewound(self):
        file = UploadedImage("a", b"pixels")
        file.read(3)

        assert file.sha256_hex == sha256(b"pixels").hexdigest()
        assert file.read() == b"pixels"

    @pytest.mark.django_db
    @pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}])
    def test_is_hashed_once_in_a_request_with_a_form(self, api, hashed, headers: dict[str, str]):
        image = UploadedImage("a", png())
        body = {"name": "Mug", "price": "1", "image": image}

        response = api.post(URL, body, format="multipart", headers=headers)

        assert (response.status_code, hashed) == (201, [image.size])

    @pytest.mark.django_db
    def test_is_hashed_once_in_a_request_with_raw_bytes(self, api, hashed):
        api.post(URL, {"name": "Mug", "price": "1"})

        response = api.put(f"{URL}mug/image/", png(), content_type="image/png")

        assert (response.status_code, hashed) == (200, [len(png())])
