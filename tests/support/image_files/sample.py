"""A file of the image corpus."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """A file, and one that looks the same and that any reader understands: itself, if `None`."""

    name: str
    content: bytes
    reference: bytes | None = None

    @property
    def looks_like(self) -> bytes:
        return self.reference or self.content
