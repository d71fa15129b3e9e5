import pytest

from core.api.renderers import ORJSONRenderer
from products.models import Product
from products.services import update_product
from products.services.thumbnails import attach_thumbnail
from products.tests.factories import make_product
from tests.support.images import png, upload

pytestmark = pytest.mark.django_db

LIST = "/api/products/"
URL = f"{LIST}blue-mug/"


@pytest.fixture
def product() -> Product:
    return make_product(image=upload(png()))


class TestApplyEtag:
    def test_contains_the_version(self, api, product):
        assert api.get(URL)["ETag"].startswith('"1-')

    def test_renders_the_body_once(self, api, product, monkeypatch):
        rendered = []
        render = ORJSONRenderer.render
        monkeypatch.setattr(
            ORJSONRenderer, "render", lambda *args: rendered.append(args) or render(*args)
        )

        api.get(URL)

        assert len(rendered) == 1

    @pytest.mark.parametrize("url", [URL, LIST, "/api/categories/", "/api/categories/tree/"])
    @pytest.mark.parametrize("method", ["get", "head"])
    def test_returns_304_for_a_known_etag(self, api, product, url: str, method: str):
        etag = api.get(url)["ETag"]

        response = getattr(api, method)(url, headers={"If-None-Match": etag})

        assert (response.status_code, response.content) == (304, b"")
        assert (response["ETag"], response["Cache-Control"]) == (etag, "no-cache")
        assert response["X-Request-ID"]

    @pytest.mark.parametrize("known", ["*", 'W/{}, "other"', '"a", {}', "W/{}"])
    def test_matches_in_a_list_and_weakly(self, api, product, known: str):
        etag = api.get(URL)["ETag"]

        response = api.get(URL, headers={"If-None-Match": known.format(etag)})

        assert response.status_code == 304

    @pytest.mark.parametrize("known", ["", '"1-00"', "nonsense", '"list"'])
    def test_returns_the_body_for_another_etag(self, api, product, known: str):
        assert api.get(URL, headers={"If-None-Match": known}).status_code == 200

    def test_changes_with_the_thumbnail(self, api, product):
        before = api.get(URL)["ETag"]
        attach_thumbnail(product_id=product.pk)

        assert api.get(URL, headers={"If-None-Match": before}).status_code == 200

    def test_changes_with_any_row_of_a_list(self, api, product):
        before = api.get(LIST)["ETag"]
        update_product(product, stock=1)

        assert api.get(LIST, headers={"If-None-Match": before}).status_code == 200

    def test_of_an_update_is_valid_for_the_next_update(self, api, product):
        first = api.patch(URL, {"stock": 1})

        second = api.patch(URL, {"stock": 2}, headers={"If-Match": first["ETag"]})

        assert second.json()["version"] == 3

    def test_is_ignored_by_writes(self, api, product):
        assert api.patch(URL, {"stock": 1}, headers={"If-None-Match": "*"}).status_code == 200


class TestExpectedVersion:
    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_rejects_an_update_of_another_version(self, api, product, method: str):
        etag = api.get(URL)["ETag"]
        update_product(product, stock=7)

        body = {"name": "Red", "price": "1"}
        response = getattr(api, method)(URL, body, headers={"If-Match": etag})

        assert (response.status_code, response.json()["code"]) == (412, "precondition-failed")
        assert response.json()["version"] == 2
        assert Product.objects.get().name == "Blue mug"

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_is_in_the_412_response(self, api, product, method: str):
        body = {"name": "Red", "price": "1"}
        response = getattr(api, method)(URL, body, headers={"If-Match": '"7-0"'})

        assert response.status_code == 412
        assert response["ETag"] == api.get(URL)["ETag"]
        assert response["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("method", ["put", "delete"])
    def test_guards_the_image(self, api, product, method: str):
        update_product(product, stock=7)

        response = getattr(api, method)(
            f"{URL}image/", png((9, 9)), content_type="image/png", headers={"If-Match": '"1"'}
        )

        assert response.status_code == 412
        assert Product.objects.get().image.name == product.image.name

    def test_ignores_a_finished_thumbnail(self, api, product):
        etag = api.get(URL)["ETag"]
        attach_thumbnail(product_id=product.pk)

        assert api.patch(URL, {"stock": 1}, headers={"If-Match": etag}).status_code == 200

    @pytest.mark.parametrize(
        "given", ["*", "{}", "W/{}", '"0-00", {}', '{}, "9"', '"1"', 'W/"1"', '"1.abc"']
    )
    def test_accepts_weak_tags_and_lists(self, api, product, given: str):
        given = given.format(api.get(URL)["ETag"])

        assert api.patch(URL, {"stock": 1}, headers={"If-Match": given}).status_code == 200

    @pytest.mark.parametrize(
        ("given", "status"),
        [
            ('"2"', 412),
            ('"list-00"', 412),
            ('"1-xyz"', 412),
            ("", 400),
            ("1", 400),
            ('"1' * 50, 400),
        ],
    )
    def test_rejects_another_version_or_a_malformed_tag(
        self, api, product, given: str, status: int
    ):
        response = api.patch(URL, {"stock": 1}, headers={"If-Match": given})

        assert response.status_code == status
        assert Product.objects.get().stock == 0

    def test_is_ignored_for_a_deleted_row(self, api, product):
        api.delete(URL)

        assert api.patch(URL, {"stock": 1}, headers={"If-Match": '"2"'}).status_code == 404


class TestVersion:
    def test_counts_changes_by_clients_only(self, api, product):
        attach_thumbnail(product_id=product.pk)
        api.patch(URL, {"stock": 1})
        api.delete(URL)

        assert api.post(f"{URL}restore/").json()["version"] == 4

    def test_keeps_two_updates_of_different_fields(self, api, product):
        stale = Product.objects.get()
        api.patch(URL, {"stock": 5})

        update_product(stale, price=3)

        assert (Product.objects.get().stock, Product.objects.get().price) == (5, 3)
