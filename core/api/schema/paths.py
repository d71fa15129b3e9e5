"""The addresses, as linters and client generators like them."""

from typing import Any


def without_last_slash(result: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Leave the last slash of each path away: with it and without, the same is served."""
    paths = {path.rstrip("/"): operations for path, operations in result["paths"].items()}
    return result | {"paths": paths}
