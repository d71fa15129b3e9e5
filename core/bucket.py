"""Media in a bucket, in place of a folder: of Amazon's S3, or whoever else speaks its protocol."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files import File
from storages.backends.s3 import S3Storage

from core.errors import StorageUnavailable
from core.storage import content_type_of

logger = logging.getLogger(__name__)

CACHE_CONTROL = "public, max-age=31536000, immutable"  # for a CDN that reads the bucket itself

CLIENT = Config(
    # Every wait has an end: a client waits for this, or one of the worker's few processes.
    connect_timeout=2,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 2},
    # Not everybody who speaks the protocol knows Amazon's newer checksums.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
IN_ONE_PART = TransferConfig(use_threads=False, multipart_threshold=2 * settings.IMAGE_MAX_BYTES)


@contextmanager
def unavailable_named() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, Boto3Error, ClientError) as error:
        # The reason is for the log alone, because it may name hosts and buckets.
        logger.warning("The bucket is away: %s", error)
        detail = "The picture cannot be stored now: its storage does not answer."
        raise StorageUnavailable(detail) from error


class BucketStorage(S3Storage):
    """Keeps media in a bucket that nobody else needs to reach: our own addresses lead to it.

    Raises `FileNotFoundError` and `StorageUnavailable`, as the folder does.
    """

    def get_default_settings(self) -> dict[str, Any]:
        return super().get_default_settings() | {
            "client_config": CLIENT,
            "transfer_config": IN_ONE_PART,
        }

    def get_object_parameters(self, name: str) -> dict[str, str]:
        """Say what a file is by the name that we gave it; a client might say anything."""
        return {"ContentType": content_type_of(name), "CacheControl": CACHE_CONTROL}

    def url(self, name: str) -> str:
        """Give the address under `MEDIA_URL`: this service's, or that of a CDN in front of it."""
        return urljoin(settings.MEDIA_URL, name)

    @unavailable_named()
    def _open(self, name: str, mode: str = "rb") -> File:
        file = super()._open(name, mode)
        file.open()  # fetches it, so that nothing can go wrong later
        return file

    _save = unavailable_named()(S3Storage._save)
    delete = unavailable_named()(S3Storage.delete)
    exists = unavailable_named()(S3Storage.exists)
    listdir = unavailable_named()(S3Storage.listdir)

    @unavailable_named()
    def get_modified_time(self, name: str) -> datetime:
        if not self.exists(name):
            raise FileNotFoundError(name)
        return super().get_modified_time(name)
