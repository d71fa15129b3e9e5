"""Files that clients upload, in memory."""

from functools import cached_property
from hashlib import sha256

from django.core.files.uploadedfile import SimpleUploadedFile


class UploadedImage(SimpleUploadedFile):
    """An upload that is hashed once, for its name and for an `Idempotency-Key`."""

    @cached_property
    def sha256_hex(self) -> str:
        """The SHA-256 of the content in hexadecimal."""
        self.seek(0)
        digest = sha256(self.read())
        self.seek(0)
        return digest.hexdigest()
