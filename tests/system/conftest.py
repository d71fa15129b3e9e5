"""Gunicorn alone, as under `make run`, and with nginx in front of it, as in the image."""

from collections.abc import Iterator

import pytest

from tests.support.http_servers import SERVERS, running
from tests.support.stack import Stack


@pytest.fixture(scope="module", params=SERVERS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    with running(request.param, tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="module", params=SERVERS)
def proxied(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """Below a path, behind a proxy that is trusted."""
    variables = {"SCRIPT_NAME": "/shop", "TRUSTED_PROXY": "True"}
    with running(request.param, tmp_path_factory.mktemp("proxied"), **variables) as server:
        yield server
