"""`DELETE /api/products/{slug}/`."""

import pytest

from categories.tests.factories import make_category
from products.tests.factories import make_product
from tests.support.responses import result_names

pytestmark = pytest.mark.django_db

URL = "/api/products/"


class TestDestroy:
    def test_removes_the_product_from_lists_and_counts(self, api):
        category = make_category("Mugs")
        make_product(category=category)

        response = api.delete(f"{URL}blue-mug/")

        assert (response.status_code, response.content) == (204, b"")
        assert result_names(api.get(URL)) == []
        assert api.get("/api/categories/mugs/").json()["product_count"] == 0

    @pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
    def test_returns_404_with_a_restore_url_afterwards(self, api, method: str):
        api.delete(f"{URL}{make_product().slug}/")

        response = getattr(api, method)(f"{URL}blue-mug/")

        assert response.status_code == 404
        assert response.json()["code"] == "deleted"
        assert api.post(response.json()["restore_url"]).status_code == 200
