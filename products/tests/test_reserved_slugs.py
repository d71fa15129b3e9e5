import pytest

from core.slugs import RESERVED
from tests.support.responses import error_codes

pytestmark = pytest.mark.django_db

URLS = ["/api/products/", "/api/categories/"]


class TestReservedSlugs:
    @pytest.mark.parametrize("url", URLS)
    @pytest.mark.parametrize("word", sorted(RESERVED))
    def test_cannot_be_chosen(self, api, url: str, word: str):
        response = api.post(
            url, {"name": "Mug", "slug": word} | ({"price": "1"} if "prod" in url else {})
        )

        assert (response.status_code, error_codes(response)) == (400, {"/slug": "reserved"})

    @pytest.mark.parametrize("url", URLS)
    @pytest.mark.parametrize("name", ["Null", "NULL!", "Bulk", "Events", "import"])
    def test_are_not_made_from_a_name(self, api, url: str, name: str):
        created = api.post(url, {"name": name} | ({"price": "1"} if "prod" in url else {}))

        assert created.status_code == 201
        assert created.json()["slug"] not in RESERVED
        assert api.get(created["Location"]).json()["name"] == name
