"""The service below a path, behind a proxy that removes the path and one that does not."""

import json

import pytest

from tests.support.images import png


@pytest.mark.parametrize("prefix", ["", "/shop"], ids=["removed by the proxy", "kept by the proxy"])
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
    def test_serves_every_page(self, proxied_server, prefix, path):
        assert proxied_server.request("GET", prefix + path).status == 200

    def test_returns_urls_below_it(self, proxied_server, prefix):
        body = {"name": f"Mugs {prefix.strip('/')}"}
        created = proxied_server.request("POST", f"{prefix}/api/categories/", body)
        assert created.status == 201
        location = created.headers["Location"]

        assert location.startswith("/shop/api/categories/mugs")
        assert proxied_server.request("GET", location).status == 200

    def test_redirects_from_former_slugs(self, proxied_server, prefix):
        slug = f"pots{prefix.strip('/')}"
        for name in (slug, slug.upper()):
            proxied_server.request(
                "POST", f"{prefix}/api/categories/", {"name": name, "slug": slug}
            )

        changed = proxied_server.request(
            "PATCH", f"{prefix}/api/categories/{slug}/", {"slug": f"{slug}-new"}
        )
        former = proxied_server.request("GET", f"{prefix}/api/categories/{slug}/")

        assert changed.json["slug"] == former.json["slug"] == f"{slug}-new"
        tree = {"name": "Tree", "slug": "tree"}
        assert proxied_server.request("POST", f"{prefix}/api/categories/", tree).status == 400

    def test_has_a_page_for_the_type_of_each_problem(self, proxied_server, prefix):
        problem = proxied_server.request("GET", f"{prefix}/api/nonsense/").json
        assert problem["type"] == "/shop/problems/not-found"

        path = problem["type"].removeprefix("/shop")
        assert proxied_server.request("GET", prefix + path).status == 200

    def test_serves_images_below_it(self, proxied_server, prefix):
        product = proxied_server.create_product(png()).json
        assert product["image"].startswith(f"{proxied_server.url}/shop/media/")

        path = product["image"].removeprefix(f"{proxied_server.url}/shop")
        assert proxied_server.request("GET", prefix + path).status == 200

    def test_is_in_the_urls_of_the_schema_and_of_pages(self, proxied_server, prefix):
        headers = {"Accept": "application/json"}
        schema = proxied_server.request("GET", f"{prefix}/api/schema/", **headers).json
        docs = proxied_server.request("GET", f"{prefix}/api/docs/").content.decode()
        script = proxied_server.request("GET", f"{prefix}/api/docs/?script=").content.decode()
        login = proxied_server.request("GET", f"{prefix}/admin/login/").content.decode()

        assert schema["servers"][0]["url"] == "/shop"
        assert all(path.startswith("/") and "shop" not in path for path in schema["paths"])
        assert 'src="/shop/api/docs/?script="' in docs
        assert "/shop/api/schema/" in script
        assert 'src="/static' not in docs
        assert "/shop/static/admin/css/base.css" in login
        links = json.loads(proxied_server.request("GET", f"{prefix}/", **headers).content)["links"]
        assert all("/shop/" in link["url"] for link in links if link["title"] != "Flower")
