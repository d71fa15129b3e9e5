import pytest

from categories.models import Category
from categories.services import delete_category
from categories.tests.factories import make_category

pytestmark = pytest.mark.django_db

URL = "/api/categories/"


class TestCreate:
    def test_requires_only_a_name(self, api):
        response = api.post(URL, {"name": "Café crème"})

        assert response.status_code == 201
        assert response["Location"] == "/api/categories/cafe-creme/"
        body = response.json()
        assert (body["path"], body["product_count"], body["parent"]) == (["cafe-creme"], 0, None)

    def test_accepts_a_parent(self, api):
        make_category("Kitchen")

        body = api.post(URL, {"name": "Mugs", "parent": "kitchen"}).json()

        assert (body["parent"], body["path"]) == ("kitchen", ["kitchen", "mugs"])

    @pytest.mark.parametrize(
        ("field", "value"),
        [("name", ""), ("parent", "nowhere"), ("position", -1), ("position", 2**31), ("x", 1)],
    )
    def test_rejects_an_invalid_value_with_a_pointer(self, api, field: str, value: object):
        response = api.post(URL, {"name": "Mugs"} | {field: value})

        assert response.status_code == 400
        assert [error["pointer"] for error in response.json()["errors"]] == [f"/{field}"]

    @pytest.mark.parametrize("body", ["[]", "null", "7", '"text"', "{", "", "{'a': 1}", "\xff"])
    def test_rejects_a_body_that_is_no_object(self, api, body: str):
        content = body.encode("latin-1")

        response = api.post(URL, content, content_type="application/json")

        assert response.status_code == 400
        assert response["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "nonsense"])
    def test_rejects_another_media_type(self, api, media_type: str):
        assert api.post(URL, b"name=Mugs", content_type=media_type).status_code == 415


class TestUpdate:
    def test_moves_below_another(self, api):
        make_category("Kitchen")
        make_category("Mugs")

        body = api.patch(f"{URL}mugs/", {"parent": "kitchen"}).json()

        assert body["path"] == ["kitchen", "mugs"]

    def test_rejects_a_cycle(self, api):
        make_category("Mugs", parent=make_category("Kitchen"))

        response = api.patch(f"{URL}kitchen/", {"parent": "mugs"})

        assert (response.status_code, response.json()["code"]) == (409, "category-cycle")

    def test_accepts_the_response_of_a_get(self, api):
        make_category("Mugs", parent=make_category("Kitchen"))
        before = api.get(f"{URL}mugs/").json()

        assert api.put(f"{URL}mugs/", before).json() == before


class TestDestroy:
    def test_hides_the_parent_of_children_until_it_is_restored(self, api):
        make_category("Mugs", parent=make_category("Kitchen"))

        api.delete(f"{URL}kitchen/")
        alone = api.get(f"{URL}mugs/").json()
        api.post(f"{URL}kitchen/restore/")
        again = api.get(f"{URL}mugs/").json()

        assert (alone["parent"], alone["path"]) == (None, ["mugs"])
        assert (again["parent"], again["path"]) == ("kitchen", ["kitchen", "mugs"])

    def test_removes_no_row(self, api):
        delete_category(make_category("Mugs"))

        assert Category.all_objects.count() == 1


class TestList:
    def test_can_be_searched_and_ordered(self, api):
        for position, name in enumerate(["Mugs", "Cups", "Bowls"]):
            make_category(name, position=position, description="For tea")

        response = api.get(f"{URL}?search=tea&ordering=-position")

        assert [row["name"] for row in response.json()["results"]] == ["Bowls", "Cups", "Mugs"]
