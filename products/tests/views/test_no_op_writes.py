"""Writes of the current values change no column and increment no version."""

from typing import Any

import pytest

from categories.models import Category
from categories.tests.factories import make_category
from products.models import Product
from products.tests.factories import make_product
from tests.support.concurrency import count_statuses, run_concurrently
from tests.support.images import jpeg, png, upload

URL = "/api/products/blue-mug/"
IMAGE = f"{URL}image/"


def write(api, method: str, url: str, body: Any = None, **options: Any):
    content_type = "image/png" if isinstance(body, bytes) else "application/json"
    if content_type == "application/json" and body is not None:
        return getattr(api, method)(url, body, **options)
    return api.generic(method.upper(), url, body or b"", content_type=content_type, **options)


NO_OPS = [
    ("patch", URL, {}),
    ("patch", URL, {"stock": 3}),
    ("patch", URL, {"slug": "blue-mug"}),
    ("patch", URL, {"slug": ""}),
    ("patch", URL, {"name": " Blue mug\u200b", "price": "12.500"}),
    ("patch", URL, {"attributes": {"b": True, "a": 1}}),
    ("put", URL, {"name": "Blue mug", "price": "12.50"}),
]


@pytest.mark.django_db
class TestNoOpWrite:
    @pytest.fixture
    def product(self) -> Product:
        return make_product(stock=3, attributes={"a": 1, "b": True}, image=upload(png()))

    @pytest.mark.parametrize(("method", "url", "body"), [*NO_OPS, ("put", IMAGE, png())])
    def test_changes_and_enqueues_nothing(
        self,
        api,
        product,
        enqueued,
        django_capture_on_commit_callbacks,
        method: str,
        url: str,
        body: Any,
    ):
        before, etag = Product.objects.values().get(), api.get(URL)["ETag"]

        with django_capture_on_commit_callbacks(execute=True):
            response = write(api, method, url, body)

        assert (response.status_code, Product.objects.values().get()) == (200, before)
        assert response["ETag"] == api.get(URL)["ETag"] == etag
        assert enqueued() == []

    @pytest.mark.parametrize(("method", "url", "body"), [*NO_OPS, ("put", IMAGE, png())])
    def test_still_checks_the_version(self, api, product, method: str, url: str, body: Any):
        rejected = write(api, method, url, body, headers={"If-Match": '"7"'})
        accepted = write(api, method, url, body, headers={"If-Match": '"1"'})

        assert (rejected.status_code, accepted.status_code) == (412, 200)

    def test_may_delete_an_image_that_is_absent(self, api):
        make_product()
        before = Product.objects.values().get()

        assert api.delete(IMAGE).status_code == 204
        assert Product.objects.values().get() == before

    @pytest.mark.parametrize(
        "body",
        [
            {"attributes": {"a": True, "b": True}},
            {"attributes": {"a": 1.0, "b": True}},
            {"stock": 4},
        ],
    )
    def test_differs_from_a_change_which_increments_the_version(self, api, product, body: dict):
        response = api.patch(URL, body)

        assert response.json()["version"] == 2
        assert response["ETag"] == api.get(URL)["ETag"]

    def test_differs_from_another_image_which_increments_the_version(self, api, product):
        assert api.put(IMAGE, jpeg(), content_type="image/jpeg").json()["version"] == 2
        assert api.delete(IMAGE).status_code == 204
        assert Product.objects.get().version == 3

    @pytest.mark.parametrize("body", [{}, {"name": "Mugs"}, {"parent": "kitchen"}])
    def test_changes_nothing_in_a_category(self, api, body: dict):
        make_category("Mugs", parent=make_category("Kitchen"))
        before = Category.objects.values().get(slug="mugs")

        api.patch("/api/categories/mugs/", body)

        assert Category.objects.values().get(slug="mugs") == before


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestConcurrentWrites:
    def test_of_the_same_value_increment_the_version_once(self):
        make_product()

        responses = run_concurrently(lambda api, _: api.patch(URL, {"stock": 5}), range(20))

        assert count_statuses(responses) == {200: 20}
        assert Product.objects.get().version == 2

    def test_of_two_values_increment_the_version_for_each_change(self):
        make_product()

        responses = run_concurrently(
            lambda api, stock: api.patch(URL, {"stock": stock}), [1, 2] * 15
        )

        versions = {(one.json()["version"], one.json()["stock"]) for one in responses}
        assert len({version for version, _ in versions}) == len(versions)
        assert Product.objects.get().version == max(version for version, _ in versions)

    def test_of_price_and_currency_never_store_too_many_decimals(self):
        for _ in range(10):
            Product.all_objects.all().hard_delete()
            make_product(price=1, currency="KWD")
            bodies = [{"price": "1.234"}, {"currency": "JPY"}, {"price": "2.5"}] * 3

            responses = run_concurrently(lambda api, body: api.patch(URL, body), bodies)

            assert set(count_statuses(responses)) <= {200, 400}
            stored = Product.objects.get()
            assert stored.currency == "KWD" or stored.price == int(stored.price)
