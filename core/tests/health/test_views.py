import pytest


@pytest.mark.django_db
class TestProbeView:
    @pytest.mark.parametrize("path", ["/health/", "/health/ready/", "/health/live/"])
    @pytest.mark.parametrize("accept", ["text/html", "text/plain", "nonsense"])
    def test_ignores_the_accept_header(self, api, path: str, accept: str):
        response = api.get(path, headers={"Accept": accept})

        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
class TestHealthView:
    def test_is_200_while_degraded(self, client, redis_unavailable):
        response = client.get("/health/")

        assert (response.status_code, response.json()["status"]) == (200, "degraded")

    @pytest.mark.parametrize("path", ["/health/", "/health/ready/", "/health/live/"])
    def test_forbids_caches(self, client, path, redis_unavailable):
        assert client.get(path)["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("path", ["/health/", "/health/ready/", "/health/live/"])
    def test_supports_head(self, client, path, redis_unavailable):
        assert client.head(path).status_code == 200


class TestLiveView:
    def test_checks_no_dependency(self, client, redis_unavailable, media_not_writable):
        # Not even the database: this test has no mark that would let it.
        assert client.get("/health/live/").json() == {"status": "ok"}
