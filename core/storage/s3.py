"""Media in a bucket, in place of a folder: of Amazon's S3, or whoever else speaks its protocol."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError
from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from storages.backends.s3 import S3Storage
from urllib3.exceptions import HTTPError

from core.errors import StorageUnavailable
from core.messaging.circuit_breaker import Away, Breaker
from core.storage.names import CACHE_CONTROL, content_type_of

logger = logging.getLogger(__name__)

CLIENT = Config(
    # Every wait has an end, and it is the caller's to try again.
    connect_timeout=2,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 1},
    # Not everybody who speaks the protocol knows Amazon's newer checksums.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class BucketStorage(S3Storage):
    """Keeps media in a bucket that nobody else needs to reach: our own addresses lead to it.

    Raises `FileNotFoundError` and `StorageUnavailable`, as the folder does.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.breaker = Breaker(ConnectionError, HTTPClientError)

    def get_default_settings(self) -> dict[str, Any]:
        return super().get_default_settings() | {"client_config": CLIENT}

    def url(self, name: str) -> str:
        """Give the address under `MEDIA_URL`: this service's, or that of a CDN in front of it."""
        return urljoin(settings.MEDIA_URL, name)

    def _open(self, name: str, mode: str = "rb") -> File:
        with self.reached():
            found = self.bucket.Object(self._normalize_name(name)).get()
            return ContentFile(found["Body"].read(), name)

    def _save(self, name: str, content: File) -> str:
        """Store a file under what our name for it says that it is; a client might say anything."""
        content.seek(0)
        kind = {"ContentType": content_type_of(name), "CacheControl": CACHE_CONTROL}
        with self.reached():
            self.bucket.Object(self._normalize_name(name)).put(Body=content.read(), **kind)
        return name

    def delete(self, name: str) -> None:
        with self.reached():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with self.reached():
            return super().exists(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with self.reached():
            return super().listdir(path)

    def get_modified_time(self, name: str) -> datetime:
        if not self.exists(name):
            raise FileNotFoundError(name)
        with self.reached():
            return super().get_modified_time(name)

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Name what goes wrong in here, and the reason in the log alone: it may name hosts."""
        try:
            with self.breaker.watch(), interruptible():
                yield
        except (Away, BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] == "NoSuchKey":
                raise FileNotFoundError from error
            if not isinstance(error, Away):
                logger.warning("The bucket is away: %s", error)
            raise StorageUnavailable("The storage of pictures does not answer now.") from error


@contextmanager
def interruptible() -> Iterator[None]:
    """Let out what botocore takes for a broken connection, such as the end of a time limit."""
    try:
        yield
    except HTTPClientError as error:
        cause = error.kwargs.get("error")
        if type(error) is HTTPClientError and not isinstance(cause, (OSError, HTTPError)):
            raise cause from None
        raise
