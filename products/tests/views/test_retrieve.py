"""`GET /api/products/{slug}/`."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from categories.services import delete_category
from categories.tests.factories import make_category
from products.services import delete_product, restore_product
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db

URL = "/api/products/"


class TestRetrieve:
    def test_accepts_slug_and_id(self, api, django_assert_num_queries):
        product = make_product(category=make_category())

        for slug_or_id in (product.slug, str(product.pk), str(product.pk).upper()):
            with django_assert_num_queries(1):
                response = api.get(f"{URL}{slug_or_id}/")
            assert response.json()["id"] == str(product.pk)

    def test_returns_what_is_restored_while_it_is_looked_for(self, api):
        product = make_product()
        delete_product(product)
        statements: list[str] = []

        def restore_after_the_first(execute: Callable, sql: str, *args: Any) -> Any:
            statements.append(sql)
            result = execute(sql, *args)
            if len(statements) == 1:
                restore_product(product)
            return result

        with connection.execute_wrapper(restore_after_the_first):
            response = api.get(f"{URL}{product.slug}/")

        assert (response.status_code, response.json()["id"]) == (200, str(product.pk))

    def test_serves_head_without_a_body(self, api):
        make_product()

        response = api.head(f"{URL}blue-mug/")

        assert (response.status_code, response.content) == (200, b"")

    def test_shows_a_deleted_category_as_null(self, api):
        category = make_category("Mugs")
        make_product(category=category)
        delete_category(category)

        body = api.get(f"{URL}blue-mug/").json()

        assert (body["category"], body["category_name"]) == (None, None)

    @pytest.mark.parametrize("slug_or_id", ["nothing", "%00", "a b", "..", "ä", "x" * 300])
    def test_returns_404_for_an_unknown_slug_or_id(self, api, slug_or_id: str):
        response = api.get(f"{URL}{slug_or_id}/")

        assert response.status_code == 404
        assert response.json()["code"] == "not-found"
