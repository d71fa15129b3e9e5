"""S3 buckets for tests, on a server in this process that keeps everything in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from uuid import uuid4

import boto3
from moto.server import ThreadedMotoServer
from pytest_django import Settings

CREDENTIALS = {
    "access_key": "anna",
    "secret_key": "only-for-tests",
    "region_name": "eu-central-1",
}


@contextmanager
def running_s3_server() -> Iterator[str]:
    """Start a server that speaks S3, and yield its URL."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def create_bucket(endpoint_url: str) -> dict[str, str]:
    """Create an empty bucket, and return the options of a storage that uses it."""
    options = CREDENTIALS | {"bucket_name": f"media-{uuid4().hex}", "endpoint_url": endpoint_url}
    region = {"LocationConstraint": options["region_name"]}
    s3_client(endpoint_url).create_bucket(
        Bucket=options["bucket_name"], CreateBucketConfiguration=region
    )
    return options


@cache
def s3_client(endpoint_url: str) -> Any:
    """Return a client, one for all buckets: it takes a while to construct."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint_url,
        region_name=CREDENTIALS["region_name"],
        aws_access_key_id=CREDENTIALS["access_key"],
        aws_secret_access_key=CREDENTIALS["secret_key"],
    )


def bucket_variables(options: dict[str, str]) -> dict[str, str]:
    """Return the environment variables of a service that uses this bucket."""
    return {
        "S3_BUCKET": options["bucket_name"],
        "S3_ENDPOINT_URL": options["endpoint_url"],
        "S3_REGION": options["region_name"],
        "S3_ACCESS_KEY": options["access_key"],
        "S3_SECRET_KEY": options["secret_key"],
    }


def use_s3_storage(settings: Settings, options: dict[str, str]) -> None:
    """Make the S3 storage with these options the default storage."""
    storage = {"BACKEND": "core.storage.s3.S3MediaStorage", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": storage}
