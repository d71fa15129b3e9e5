"""Why an image is rejected."""


class InvalidImage(ValueError):
    """Not an image that can be read. `code` is stable, the message is a sentence."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)  # both, because a worker pickles an error by these
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


class UnsupportedFormat(InvalidImage):
    """An image, but in a format that is not accepted."""
