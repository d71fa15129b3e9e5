"""`POST /api/products/{slug}/restore/`."""

from typing import Any

import pytest

from products.services import delete_product
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db

URL = "/api/products/"


class TestRestore:
    def test_restores_the_product(self, api):
        product = make_product(sku="M-1")
        delete_product(product)

        response = api.post(f"{URL}blue-mug/restore/")

        assert response.status_code == 200
        assert response.json()["sku"] == "M-1"
        assert response.json()["deleted_at"] is None

    def test_rejects_a_live_product(self, api):
        make_product()

        response = api.post(f"{URL}blue-mug/restore/")

        assert (response.status_code, response.json()["code"]) == (409, "not-deleted")

    def test_reports_the_holder_of_the_slug_and_accepts_another(self, api):
        deleted = make_product()
        delete_product(deleted)
        holder = make_product()

        rejected = api.post(f"{URL}{deleted.pk}/restore/")
        restored = api.post(f"{URL}{deleted.pk}/restore/", {"slug": "old-mug"})

        assert (rejected.status_code, rejected.json()["code"]) == (409, "slug-conflict")
        assert rejected.json()["holder"] == str(holder.pk)
        assert restored.json()["slug"] == "old-mug"

    def test_lists_candidates_when_several_match(self, api):
        ids = []
        for _ in range(2):
            product = make_product()
            delete_product(product)
            ids.insert(0, str(product.pk))

        response = api.post(f"{URL}blue-mug/restore/")

        assert (response.status_code, response.json()["code"]) == (409, "ambiguous")
        assert [candidate["id"] for candidate in response.json()["candidates"]] == ids

    @pytest.mark.parametrize("body", [{"slug": "Not A Slug"}, {"name": "x"}, []])
    def test_rejects_an_invalid_body(self, api, body: Any):
        delete_product(make_product())

        assert api.post(f"{URL}blue-mug/restore/", body).status_code == 400
