"""Ranges of images: sent by nginx, from the folder and from a bucket. Django sends whole files."""

from collections.abc import Iterator

import pytest

from core.storage.names import CACHE_CONTROL
from core.storage.views import etag_for
from tests.support.images import jpeg
from tests.support.servers.buckets import bucket_variables, create_bucket
from tests.support.servers.service import HAS_NGINX, Service, running_web_server

CONTENT = jpeg(size=(600, 400))
WITH_NGINX = pytest.mark.skipif(not HAS_NGINX, reason="nginx is not installed")


@pytest.fixture(
    scope="module",
    params=[
        "gunicorn",
        "gunicorn and a bucket",
        pytest.param("nginx", marks=WITH_NGINX),
        pytest.param("nginx and a bucket", marks=WITH_NGINX),
    ],
)
def server(
    request: pytest.FixtureRequest, s3_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    program, _, bucket = request.param.partition(" and ")
    variables = bucket_variables(create_bucket(s3_server)) if bucket else {}
    with running_web_server(program, tmp_path_factory.mktemp("ranges"), **variables) as server:
        yield server


@pytest.fixture
def sends_ranges(server: Service) -> bool:
    return server.has_nginx


@pytest.fixture
def path(server: Service) -> str:
    """Return the path of a stored image."""
    image = server.create_product(CONTENT, name="Image").json["image"]
    return image.removeprefix(server.url)


class TestRanges:
    def test_are_offered_by_nginx(self, server, sends_ranges, path):
        response = server.request("GET", path)

        assert (response.status, response.content) == (200, CONTENT)
        assert response.headers["Accept-Ranges"] == ("bytes" if sends_ranges else None)

    @pytest.mark.parametrize("condition", [None, "If_Range", "If_Match"])
    def test_are_sent_by_nginx(self, server, sends_ranges, path, condition):
        conditions = {condition: etag_for(path)} if condition else {}

        response = server.request("GET", path, Range="bytes=10-19", **conditions)

        if sends_ranges:
            assert (response.status, response.content) == (206, CONTENT[10:20])
            assert response.headers["Content-Range"] == f"bytes 10-19/{len(CONTENT)}"
        else:
            assert (response.status, response.content) == (200, CONTENT)
            assert "Content-Range" not in response.headers
        assert response.headers.get_all("Cache-Control") == [CACHE_CONTROL]

    def test_are_not_sent_of_another_file(self, server, path):
        response = server.request("GET", path, Range="bytes=10-19", If_Range='"x"')

        assert (response.status, response.content) == (200, CONTENT)

    def test_are_not_satisfiable_beyond_the_end(self, server, sends_ranges, path):
        response = server.request("GET", path, Range="bytes=99999999-")

        if sends_ranges:
            assert response.status == 416
            assert "no-store" in response.headers.get_all("Cache-Control")
        else:
            assert (response.status, response.content) == (200, CONTENT)
