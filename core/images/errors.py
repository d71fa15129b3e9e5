"""Exceptions for rejected images."""


class InvalidImage(ValueError):
    """The image cannot be read. `code` is stable, `detail` is a sentence."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)  # Celery pickles an exception by its arguments
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


class UnsupportedFormat(InvalidImage):
    """The format of the image is not accepted."""
