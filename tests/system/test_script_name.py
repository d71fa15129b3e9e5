"""The service below a path, behind a proxy that removes the path and one that does not."""

import json

import pytest

from tests.support.pictures import png


@pytest.mark.parametrize("prefix", ["", "/shop"], ids=["removed by the proxy", "left by the proxy"])
class TestScriptName:
    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/api/docs/",
            "/api/redoc/",
            "/api/schema/",
            "/api/categories",
            "/api/categories/tree/",
            "/admin/login/",
            "/static/admin/css/base.css",
            "/health/",
            "/health",
        ],
    )
    def test_serves_every_page(self, proxied, prefix, path):
        assert proxied.request("GET", prefix + path).status == 200

    def test_returns_urls_below_it(self, proxied, prefix):
        body = {"name": f"Mugs {prefix.strip('/')}"}
        created = proxied.request("POST", f"{prefix}/api/categories/", body)
        assert created.status == 201
        location = created.headers["Location"]

        assert location.startswith("/shop/api/categories/mugs")
        assert proxied.request("GET", location).status == 200

    def test_changes_slugs_and_leads_on_to_the_new_one(self, proxied, prefix):
        slug = f"pots{prefix.strip('/')}"
        for name in (slug, slug.upper()):
            proxied.request("POST", f"{prefix}/api/categories/", {"name": name, "slug": slug})

        changed = proxied.request(
            "PATCH", f"{prefix}/api/categories/{slug}/", {"slug": f"{slug}-new"}
        )
        former = proxied.request("GET", f"{prefix}/api/categories/{slug}/")

        assert changed.json["slug"] == former.json["slug"] == f"{slug}-new"
        tree = {"name": "Tree", "slug": "tree"}
        assert proxied.request("POST", f"{prefix}/api/categories/", tree).status == 400

    def test_serves_images_below_it(self, proxied, prefix):
        product = proxied.create_product(png()).json
        assert product["image"].startswith(f"{proxied.url}/shop/media/")

        path = product["image"].removeprefix(f"{proxied.url}/shop")
        assert proxied.request("GET", prefix + path).status == 200

    def test_names_itself_in_the_schema_and_in_pages(self, proxied, prefix):
        headers = {"Accept": "application/json"}
        schema = proxied.request("GET", f"{prefix}/api/schema/", **headers).json
        docs = proxied.request("GET", f"{prefix}/api/docs/").content.decode()
        script = proxied.request("GET", f"{prefix}/api/docs/?script=").content.decode()
        login = proxied.request("GET", f"{prefix}/admin/login/").content.decode()

        assert schema["servers"][0]["url"] == "/shop"
        assert all(path.startswith("/") and "shop" not in path for path in schema["paths"])
        assert 'src="/shop/api/docs/?script="' in docs
        assert "/shop/api/schema/" in script
        assert 'src="/static' not in docs
        assert "/shop/static/admin/css/base.css" in login
        links = json.loads(proxied.request("GET", f"{prefix}/", **headers).content)["links"]
        assert all("/shop/" in link["url"] for link in links if link["title"] != "Flower")
