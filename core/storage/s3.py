"""Media in an S3 bucket, at Amazon or any service that implements the protocol."""

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
from core.messaging.circuit_breaker import CircuitBreaker, CircuitOpen
from core.storage.names import CACHE_CONTROL, content_type_of

logger = logging.getLogger(__name__)

BOTO_CONFIG = Config(
    # One bounded attempt: retrying is the caller's decision.
    connect_timeout=2,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 1},
    # Services other than Amazon's may not support the newer checksums.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class S3MediaStorage(S3Storage):
    """Private S3 storage: files are served by this application, or by a CDN in front of it.

    Raises `FileNotFoundError` and `StorageUnavailable`, as the file system storage does.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.circuit_breaker = CircuitBreaker(ConnectionError, HTTPClientError)

    def get_default_settings(self) -> dict[str, Any]:
        return super().get_default_settings() | {"client_config": BOTO_CONFIG}

    def url(self, name: str) -> str:
        """Return the URL under `MEDIA_URL`, not the bucket's own."""
        return urljoin(settings.MEDIA_URL, name)

    def _open(self, name: str, mode: str = "rb") -> File:
        with self.translate_s3_errors():
            response = self.bucket.Object(self._normalize_name(name)).get()
            return ContentFile(response["Body"].read(), name)

    def _save(self, name: str, content: File) -> str:
        """Store with the media type of the name's extension, whatever type the client claims."""
        content.seek(0)
        headers = {"ContentType": content_type_of(name), "CacheControl": CACHE_CONTROL}
        with self.translate_s3_errors():
            self.bucket.Object(self._normalize_name(name)).put(Body=content.read(), **headers)
        return name

    def delete(self, name: str) -> None:
        with self.translate_s3_errors():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with self.translate_s3_errors():
            return super().exists(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with self.translate_s3_errors():
            return super().listdir(path)

    def get_modified_time(self, name: str) -> datetime:
        if not self.exists(name):
            raise FileNotFoundError(name)
        with self.translate_s3_errors():
            return super().get_modified_time(name)

    @contextmanager
    def translate_s3_errors(self) -> Iterator[None]:
        """Translate S3 errors. Reasons go to the log only: they may contain host names."""
        try:
            with self.circuit_breaker.guard(), unwrap_interrupt():
                yield
        except (CircuitOpen, BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] == "NoSuchKey":
                raise FileNotFoundError from error
            if not isinstance(error, CircuitOpen):
                logger.warning("The bucket is unavailable: %s", error)
            raise StorageUnavailable("The image storage is unavailable.") from error


@contextmanager
def unwrap_interrupt() -> Iterator[None]:
    """Re-raise what botocore wrapped, e.g. Celery's soft time limit.

    botocore takes any exception in the middle of a request for a broken connection.
    """
    try:
        yield
    except HTTPClientError as error:
        cause = error.kwargs.get("error")
        if type(error) is HTTPClientError and not isinstance(cause, (OSError, HTTPError)):
            raise cause from None
        raise
