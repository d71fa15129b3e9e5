"""What holds for any number of concurrent requests."""

from collections import Counter
from typing import Any

import pytest
from rest_framework.test import APIClient

from products.models import Product
from products.tests.factories import make_product
from tests.support.concurrency import THREADS, count_statuses, run_concurrently

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PRODUCTS = "/api/products/"
MUG = f"{PRODUCTS}mug/"


class TestIfMatch:
    @pytest.mark.timeout(300)
    def test_loses_no_update_of_a_thousand(self):
        make_product(slug="mug", stock=0)

        def add_250(api: APIClient, number: int) -> Counter:
            """Increment the stock with optimistic locking, and return the statuses received."""
            received, known = Counter(), api.get(MUG)
            while received[200] < 250:
                body = {"stock": known.json()["stock"] + 1}
                response = api.patch(MUG, body, headers={"If-Match": known["ETag"]})
                received[response.status_code] += 1
                known = response if response.status_code == 200 else api.get(MUG)
            return received

        received = sum(run_concurrently(add_250, range(4)), Counter())

        product = Product.objects.get()
        assert (product.stock, product.version) == (1_000, 1_001)
        assert set(received) == {200, 412}

    def test_lets_one_of_many_delete(self):
        make_product(slug="mug")

        responses = run_concurrently(
            lambda api, _: api.delete(MUG, headers={"If-Match": '"1"'}), range(THREADS)
        )

        assert count_statuses(responses)[204] == 1
        assert set(count_statuses(responses)) <= {204, 404, 412}


class TestUpdate:
    def test_of_different_fields_loses_none(self):
        make_product(slug="mug")
        fields = {"name": "New", "stock": 7, "price": "3.00", "description": "New", "sku": "N"}

        responses = run_concurrently(lambda api, pair: api.patch(MUG, dict([pair])), fields.items())

        assert count_statuses(responses) == {200: 5}
        shown = APIClient().get(MUG).json()
        assert {name: shown[name] for name in fields} == fields

    def test_of_the_slug_records_a_redirect_from_every_slug(self):
        product = make_product(slug="mug")

        responses = run_concurrently(
            lambda api, number: api.patch(f"{PRODUCTS}{product.pk}/", {"slug": f"mug-{number}"}),
            range(60),
        )

        assert count_statuses(responses) == {200: 60}
        slugs = ["mug", *(f"mug-{number}" for number in range(60))]
        found = [APIClient().get(f"{PRODUCTS}{slug}/").status_code for slug in slugs]
        assert Counter(found) == {301: 60, 200: 1}

    def test_to_one_slug_succeeds_once(self):
        ids = [make_product().pk for _ in range(THREADS)]

        responses = run_concurrently(
            lambda api, pk: api.patch(f"{PRODUCTS}{pk}/", {"slug": "the-mug"}), ids
        )

        assert count_statuses(responses) == {200: 1, 409: THREADS - 1}


class TestIdempotencyKey:
    def test_creates_one_product_in_a_hundred_retries(self):
        body = {"name": "Mug", "price": "1.00", "sku": "M-1"}

        responses = run_concurrently(
            lambda api, _: api.post(PRODUCTS, body, headers={"Idempotency-Key": "k"}), range(100)
        )

        assert Product.all_objects.count() == 1
        created = [response for response in responses if response.status_code == 201]
        rejected = [response for response in responses if response.status_code == 409]
        assert len(created) + len(rejected) == 100
        assert len({response.content for response in created}) == 1
        assert sum("Idempotent-Replayed" not in response for response in created) == 1
        assert {response.json()["code"] for response in rejected} <= {"idempotency-in-progress"}
        assert all(int(response["Retry-After"]) > 0 for response in rejected)

    def test_creates_one_product_for_each_key(self):
        def create(api: APIClient, number: int) -> Any:
            body = {"name": "Mug", "price": "1.00", "stock": number % 25}
            return api.post(PRODUCTS, body, headers={"Idempotency-Key": f"k-{number % 25}"})

        responses = run_concurrently(create, range(200))

        assert set(count_statuses(responses)) <= {201, 409}
        assert sorted(Product.objects.values_list("stock", flat=True)) == list(range(25))
