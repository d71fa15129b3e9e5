"""JSON bodies of excessive size."""

import json

import pytest

pytestmark = pytest.mark.django_db

URL = "/api/products/"


class TestManyErrors:
    @pytest.mark.parametrize("count", [51, 60_000])
    def test_are_counted_beyond_fifty(self, api, count: int):
        response = api.post(URL, {"name": "Mug", "price": "1"} | {f"{n}": 1 for n in range(count)})

        body = response.json()
        assert response.status_code == 400
        assert (len(body["errors"]), body["more_errors"]) == (50, count - 50)
        assert body["detail"] == f"{count} fields are invalid."
        assert len(response.content) < 10_000

    def test_include_those_of_known_fields(self, api):
        body = api.post(URL, {"price": "free"} | {f"{n}": 1 for n in range(60)}).json()

        assert (len(body["errors"]), body["more_errors"]) == (50, 12)

    def test_truncate_long_names(self, api):
        response = api.post(URL, {"name": "Mug", "price": "1", "x" * 500_000: 1})

        assert response.status_code == 400
        assert len(response.content) < 2_000

    @pytest.mark.parametrize("url", [URL, "/api/categories/"])
    def test_are_limited_for_every_resource(self, api, url: str):
        response = api.post(url, {f"{n}": 1 for n in range(1_000)})

        assert len(response.json()["errors"]) == 50


class TestJsonSizeLimit:
    @pytest.mark.parametrize("length", [2**20, 2**20 + 1])
    def test_is_one_mebibyte(self, api, length: int):
        start = json.dumps({"name": "Mug", "price": "1", "colour": ""})[:-2]
        body = start + "x" * (length - len(start) - 2) + '"}'

        response = api.post(URL, body, content_type="application/json")

        assert response.status_code == (400 if length == 2**20 else 413)
