import pytest

from categories.models import Category
from categories.services import delete_category
from categories.tests.factories import make_category

pytestmark = pytest.mark.django_db

URL = "/api/categories/"


class TestCreate:
    def test_needs_a_name_only(self, api):
        response = api.post(URL, {"name": "Café crème"})

        assert response.status_code == 201
        assert response["Location"] == "/api/categories/cafe-creme/"
        body = response.json()
        assert (body["path"], body["product_count"], body["parent"]) == (["cafe-creme"], 0, None)

    def test_takes_a_parent(self, api):
        make_category("Kitchen")

        body = api.post(URL, {"name": "Mugs", "parent": "kitchen"}).json()

        assert (body["parent"], body["path"]) == ("kitchen", ["kitchen", "mugs"])

    @pytest.mark.parametrize(
        ("field", "value"),
        [("name", ""), ("parent", "nowhere"), ("position", -1), ("position", 2**31), ("x", 1)],
    )
    def test_refuses_a_bad_value_and_says_which(self, api, field: str, value: object):
        response = api.post(URL, {"name": "Mugs"} | {field: value})

        assert response.status_code == 400
        assert [error["pointer"] for error in response.json()["errors"]] == [f"/{field}"]

    @pytest.mark.parametrize("body", ["[]", "null", "7", '"text"', "{", "", "{'a': 1}", "\xff"])
    def test_refuses_a_body_that_is_no_object(self, api, body: str):
        content = body.encode("latin-1")

        response = api.post(URL, content, content_type="application/json")

        assert response.status_code == 400
        assert response["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize("kind", ["text/plain", "application/xml", "nonsense"])
    def test_refuses_a_kind_of_body_that_it_does_not_read(self, api, kind: str):
        assert api.post(URL, b"name=Mugs", content_type=kind).status_code == 415


class TestUpdate:
    def test_moves_below_another(self, api):
        make_category("Kitchen")
        make_category("Mugs")

        body = api.patch(f"{URL}mugs/", {"parent": "kitchen"}).json()

        assert body["path"] == ["kitchen", "mugs"]

    def test_refuses_a_circle(self, api):
        make_category("Mugs", parent=make_category("Kitchen"))

        response = api.patch(f"{URL}kitchen/", {"parent": "mugs"})

        assert (response.status_code, response.json()["code"]) == (409, "category-cycle")

    def test_takes_back_what_a_get_gave(self, api):
        make_category("Mugs", parent=make_category("Kitchen"))
        before = api.get(f"{URL}mugs/").json()

        assert api.put(f"{URL}mugs/", before).json() == before


class TestDestroy:
    def test_leaves_children_without_a_parent_until_it_is_back(self, api):
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
    def test_searches_and_orders(self, api):
        for position, name in enumerate(["Mugs", "Cups", "Bowls"]):
            make_category(name, position=position, description="For tea")

        response = api.get(f"{URL}?search=tea&ordering=-position")

        assert [row["name"] for row in response.json()["results"]] == ["Bowls", "Cups", "Mugs"]
