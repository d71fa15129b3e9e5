"""What holds for the tree, and for deletion and restore, for any number of concurrent requests."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from categories.models import Category
from categories.services import delete_category_tree
from categories.tests.factories import make_category
from products.models import Product
from products.services import delete_product
from products.tests.factories import make_product
from tests.support.concurrency import THREADS, count_statuses, run_concurrently
from tests.support.sample_catalog import live_slugs, make_sample_catalog

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PRODUCTS = "/api/products/"
CATEGORIES = "/api/categories/"


class TestMove:
    def test_never_closes_a_cycle(self):
        for slug in "abcd":
            make_category(slug, slug=slug)
        cycle = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")]

        for _ in range(10):
            responses = run_concurrently(
                lambda api, move: api.patch(f"{CATEGORIES}{move[0]}/", {"parent": move[1]}), cycle
            )
            assert count_statuses(responses) == {200: 3, 409: 1}
            tree = APIClient().get(f"{CATEGORIES}tree/").json()
            assert len(tree) == 1
            Category.objects.update(parent=None)

    def test_never_exceeds_the_maximum_depth(self):
        tops = []
        for chain in range(4):
            parent = None
            for level in range(4):
                parent = make_category(f"{chain}-{level}", parent=parent)
            tops.append((f"{chain}-0", f"{(chain + 1) % 4}-3"))

        run_concurrently(
            lambda api, move: api.patch(f"{CATEGORIES}{move[0]}/", {"parent": move[1]}), tops
        )

        paths = [row["path"] for row in APIClient().get(CATEGORIES).json()["results"]]
        assert max(len(path) for path in paths) <= 10


class TestDeleteAndRestore:
    def test_alternate(self):
        product = make_product(slug="mug")

        def delete_or_restore(api: APIClient, number: int) -> Any:
            url = f"{PRODUCTS}{product.pk}/"
            return api.delete(url) if number % 2 else api.post(f"{url}restore/")

        responses = run_concurrently(delete_or_restore, range(200))

        counts = count_statuses(responses)
        assert set(counts) <= {204, 404, 200, 409}
        assert counts[204] - counts[200] in {0, 1}
        product = Product.all_objects.get()
        assert product.version == 1 + counts[204] + counts[200]
        assert product.is_live == (counts[204] == counts[200])

    def test_of_a_subtree_are_done_once(self):
        make_sample_catalog()
        url = f"{CATEGORIES}kitchen/"

        deleted = run_concurrently(
            lambda api, _: api.delete(f"{url}?strategy=cascade"), range(THREADS)
        )
        ids = {*Product.all_objects.deleted().values_list("deletion_id", flat=True)}
        restored = run_concurrently(lambda api, _: api.post(f"{url}restore/"), range(THREADS))

        assert count_statuses(deleted) == {204: 1, 404: THREADS - 1}
        assert len(ids) == 1
        assert count_statuses(restored) == {200: 1, 409: THREADS - 1}
        assert {*Product.objects.values_list("version", flat=True)} == {1, 3}

    def test_from_any_end_of_a_subtree_never_deadlock(self):
        make_sample_catalog()

        for _ in range(10):
            delete_category_tree(Category.objects.get(slug="kitchen"))
            responses = run_concurrently(
                lambda api, slug: api.post(f"{CATEGORIES}{slug}/restore/"),
                ["kitchen", "mugs", "tea"],
            )
            assert count_statuses(responses) == {200: 1, 409: 2}

    def test_of_one_slug_leave_one_live(self):
        ids = []
        for _ in range(THREADS):
            product = make_product(slug="mug")
            delete_product(product)
            ids.append(product.pk)

        responses = run_concurrently(lambda api, pk: api.post(f"{PRODUCTS}{pk}/restore/"), ids)

        assert count_statuses(responses) == {200: 1, 409: THREADS - 1}

    def test_leave_no_link_to_a_deleted_category(self):
        make_sample_catalog()

        def send(api: APIClient, number: int) -> Any:
            body = {"name": "Mug", "price": "1", "category": "tea"}
            match number % 3:
                case 0:
                    return api.post(PRODUCTS, body)
                case 1:
                    return api.delete(f"{CATEGORIES}kitchen/?strategy=cascade")
                case _:
                    return api.post(f"{CATEGORIES}kitchen/restore/")

        responses = run_concurrently(send, range(90))

        assert set(count_statuses(responses)) <= {200, 201, 204, 400, 404, 409}
        rows = APIClient().get(f"{PRODUCTS}?page_size=100").json()["results"]
        assert {row["category"] for row in rows} <= {None, *live_slugs(Category)}
