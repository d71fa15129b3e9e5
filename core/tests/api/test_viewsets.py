"""Which rows and which of their fields a list returns."""

import pytest

from categories.services import delete_category
from categories.tests.factories import make_category
from products.services import delete_product
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db

LISTS = ["/api/products/", "/api/categories/"]


@pytest.fixture(autouse=True)
def shop(db: None) -> None:
    delete_category(make_category("Gone"))
    make_category("Mugs")
    delete_product(make_product(name="Gone"))
    make_product(name="Mugs")


def names(response) -> set[str]:
    return {row["name"] for row in response.json()["results"]}


@pytest.mark.parametrize("url", LISTS)
class TestDeleted:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [("exclude", {"Mugs"}), ("only", {"Gone"}), ("include", {"Mugs", "Gone"})],
    )
    def test_selects_live_or_deleted_rows(self, api, url: str, value: str, expected: set[str]):
        response = api.get(f"{url}?deleted={value}")

        assert (names(response), response.json()["count"]) == (expected, len(expected))

    def test_lists_the_time_of_deletion(self, api, url: str):
        (row,) = api.get(f"{url}?deleted=only").json()["results"]

        assert row["deleted_at"].endswith("Z")

    def test_combines_with_other_filters(self, api, url: str):
        assert names(api.get(f"{url}?deleted=include&search=gone")) == {"Gone"}

    @pytest.mark.parametrize("value", ["yes", "ONLY", "only,include"])
    def test_rejects_other_values(self, api, url: str, value: str):
        assert api.get(f"{url}?deleted={value}").status_code == 400


@pytest.mark.parametrize("url", LISTS)
class TestFields:
    @pytest.mark.parametrize(
        ("fields", "expected"),
        [("name", {"name"}), ("name,created_at", {"name", "created_at"}), ("id,slug", set())],
    )
    def test_are_the_requested_ones(self, api, url: str, fields: str, expected: set[str]):
        (row,) = api.get(f"{url}?fields={fields}").json()["results"]

        assert set(row) == {"id", "slug"} | expected

    def test_are_rejected_when_one_is_unknown(self, api, url: str):
        (error,) = api.get(f"{url}?fields=name,pirce,nme").json()["errors"][1:]

        assert (error["parameter"], error["did_you_mean"]) == ("fields", "name")

    def test_have_an_etag_of_their_own(self, api, url: str):
        assert api.get(url)["ETag"] != api.get(f"{url}?fields=name")["ETag"]

    def test_are_kept_on_the_next_page(self, api, url: str):
        following = api.get(f"{url}?fields=name&page_size=1&deleted=include").json()["next"]

        assert set(api.get(following).json()["results"][0]) == {"id", "slug", "name"}
