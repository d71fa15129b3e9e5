import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, get_resolver

from core.slugs import RESERVED_SLUGS
from tests.support.responses import error_codes

pytestmark = pytest.mark.django_db

URLS = ["/api/products/", "/api/categories/"]


def routes(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    """Yield every route of the URLconf, without the anchors of regular expressions."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern.url_patterns, route)


class TestReservedSlugs:
    def test_include_every_word_that_the_urlconf_uses_in_place_of_a_slug(self):
        found = [
            re.fullmatch(r"api/(?:products|categories)/([a-z-]+)/.*", route)
            for route in routes(get_resolver().url_patterns)
        ]
        words = {match[1] for match in found if match}

        assert "tree" in words
        assert words <= RESERVED_SLUGS

    @pytest.mark.parametrize("url", URLS)
    @pytest.mark.parametrize("word", sorted(RESERVED_SLUGS))
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
        assert created.json()["slug"] not in RESERVED_SLUGS
        assert api.get(created["Location"]).json()["name"] == name
