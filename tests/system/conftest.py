"""Gunicorn alone, as under `make run`, and with nginx in front of it, as in the image."""

from collections.abc import Iterator

import pytest

from tests.support.servers.service import HAS_NGINX, Service, running_web_server

WEB_SERVERS = [
    "gunicorn",
    pytest.param("nginx", marks=pytest.mark.skipif(not HAS_NGINX, reason="nginx is not installed")),
]


@pytest.fixture(scope="session", params=WEB_SERVERS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with running_web_server(request.param, tmp_path_factory.mktemp("server")) as service:
        yield service


@pytest.fixture(scope="session", params=WEB_SERVERS)
def proxied_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """Yield a server below a path, behind a proxy that is trusted."""
    folder = tmp_path_factory.mktemp("proxied")
    variables = {"SCRIPT_NAME": "/shop", "TRUSTED_PROXY": "True"}
    with running_web_server(request.param, folder, **variables) as service:
        yield service
