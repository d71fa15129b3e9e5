"""What a test leaves behind of a `CatalogVersion`."""

from core.catalog_version import CatalogVersion
from tests.support.waiting import wait_until


def close_version(version: CatalogVersion) -> None:
    """End the thread that waits for a Redis that is gone, and close the connections.

    Other tests count open files.
    """
    vars(version)["delete_token"] = lambda: None
    wait_until(lambda: not version.is_recovering, 5)
    version.pool.disconnect()
