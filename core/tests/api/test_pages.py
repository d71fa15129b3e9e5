"""Swagger UI and Redoc, which work without the internet."""

import re

import pytest
from django.contrib.staticfiles import finders

PAGES = ["/api/docs/", "/api/redoc/", "/"]
URL = re.compile(r"""(?:src|href|url|spec-url)\s*[=(]\s*["']?([^"'\s)>]+)""")


@pytest.mark.parametrize("path", [*PAGES, "/api/docs/?script="])
class TestPage:
    def test_refers_to_no_other_host(self, api, path: str):
        html = api.get(path, headers={"Accept": "text/html"}).content.decode()

        hosts = set(re.findall(r"(?:https?:)?//([a-z0-9.-]+\.[a-z]+|[a-z]+(?=[:/]))", html))
        assert hosts <= {"testserver"}

    def test_loads_only_static_files_that_exist(self, api, path: str):
        html = api.get(path, headers={"Accept": "text/html"}).content.decode()

        for url in URL.findall(html):
            if url.startswith("/static/"):
                assert finders.find(url.removeprefix("/static/")), url


@pytest.mark.parametrize("path", ["/api/docs/", "/api/redoc/", "/api/schema/"])
class TestContentSecurityPolicy:
    def test_allows_no_other_host(self, api, path: str):
        policy = api.get(path)["Content-Security-Policy"]

        sources = {word for part in policy.split(";") for word in part.split()[1:]}
        assert sources <= {"'none'", "'self'", "'unsafe-inline'", "data:", "blob:"}
        assert "script-src 'self';" in policy

    def test_needs_no_inline_script(self, api, path: str):
        if path == "/api/schema/":
            return
        html = api.get(path).content.decode()

        assert not re.search(r"<script(?![^>]*src=)", html)
        assert " onload=" not in html


class TestDocsView:
    def test_serves_its_own_script(self, api):
        html = api.get("/api/docs/").content.decode()
        (script,) = re.findall(r'src="(/api/docs/[^"]+)"', html)

        response = api.get(script)
        assert response["Content-Type"].startswith("application/javascript")
        assert b"SwaggerUIBundle" in response.content
        assert b'"validatorUrl": null' in response.content

    def test_rejects_other_parameters(self, api):
        assert api.get("/api/docs/?lang=de").status_code == 400
