import pytest

from categories.models import Category
from categories.services import delete_category, update_category
from categories.tests.factories import make_category
from tests.support.html_forms import form_errors, read_form, submit
from tests.support.sample_catalog import make_sample_catalog

pytestmark = pytest.mark.django_db

LIST = "/admin/categories/category/"
ADD = f"{LIST}add/"


def url(category: Category, page: str = "change") -> str:
    return f"{LIST}{category.pk}/{page}/"


def category(slug: str) -> Category:
    return Category.all_objects.get(slug=slug)


class TestAdd:
    def test_creates_a_category_with_a_parent(self, admin_client):
        make_sample_catalog()

        submit(admin_client, ADD, name="Plates", parent=str(category("kitchen").pk))

        assert category("plates").parent == category("kitchen")

    def test_returns_a_new_category_to_the_form_that_opened_the_popup(self, admin_client):
        response = submit(admin_client, f"{ADD}?_popup=1", name="Plates")

        assert str(category("plates").pk) in response.content.decode()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", "a\0b"),
            ("slug", "tree"),
            ("slug", "A"),
            ("position", "-1"),
            ("position", "2147483648"),
            ("position", "x"),
            ("parent", "x"),
        ],
    )
    def test_shows_at_its_field_what_the_api_rejects(self, admin_client, field: str, value: str):
        response = submit(admin_client, ADD, **{"name": "Plates", field: value})

        assert set(form_errors(response)) == {field}
        assert not Category.all_objects.exists()

    def test_shows_at_the_parent_that_the_tree_would_be_too_deep(self, admin_client):
        parent = None
        for level in range(10):
            parent = make_category(f"Level {level}", parent=parent)

        response = submit(admin_client, ADD, name="Too deep", parent=str(parent.pk))

        assert set(form_errors(response)) == {"parent"}
        assert read_form(response)["parent"] == str(parent.pk)


class TestChange:
    def test_shows_at_the_parent_that_a_cycle_would_result(self, admin_client):
        make_sample_catalog()
        below = str(category("tea").pk)

        response = submit(admin_client, url(category("kitchen")), parent=below, position="7")

        assert set(form_errors(response)) == {"parent"}
        form = read_form(response)
        assert (form["parent"], form["position"]) == (below, "7")

    def test_reports_a_parent_that_both_changed(self, admin_client):
        make_sample_catalog()
        form = read_form(admin_client.get(url(category("tea"))))
        update_category(category("tea"), parent=category("garden"))

        response = admin_client.post(url(category("tea")), form | {"parent": ""})

        assert "Garden" in form_errors(response)["parent"][0]
        assert category("tea").parent == category("garden")

    def test_keeps_a_parent_that_is_deleted(self, admin_client):
        make_sample_catalog()
        delete_category(category("mugs"))

        submit(admin_client, url(category("tea")), position="3")

        assert category("tea").position == 3
        assert category("tea").parent == category("mugs")


class TestAutocomplete:
    @pytest.fixture
    def search(self, admin_client):
        def search(term: str = "", model: str = "category", field: str = "parent", **query: str):
            names = {"app_label": {"category": "categories"}.get(model, "products")}
            names |= {"model_name": model, "field_name": field, "term": term}
            results = admin_client.get(f"{LIST}autocomplete/", names | query).json()["results"]
            return [result["text"] for result in results]

        return search

    @pytest.fixture(autouse=True)
    def categories(self) -> None:
        for room in ("Kitchen", "Garden"):
            chairs = make_category("Chairs", parent=make_category(room))
            make_category("Bar stools", parent=chairs)

    def test_distinguishes_categories_of_one_name(self, search):
        assert search("chairs")[:2] == ["Garden > Chairs", "Garden > Chairs > Bar stools"]
        assert "Kitchen > Chairs" in search("chairs", model="product", field="category")

    @pytest.mark.parametrize(
        "term", ["kitchen chairs", "Kitchen > Chairs", "CHAIRS kit", "  chairs  kitchen "]
    )
    def test_finds_by_parts_of_the_path(self, search, term: str):
        assert search(term) == ["Kitchen > Chairs", "Kitchen > Chairs > Bar stools"]

    def test_finds_in_any_script(self, search):
        make_category("Кружки", parent=Category.objects.get(slug="kitchen"))

        assert search("КРУЖКИ kitchen") == ["Kitchen > Кружки"]

    def test_finds_by_slug(self, search):
        assert search("chairs-2") == ["Garden > Chairs"]

    def test_finds_nothing_for_a_wildcard(self, search):
        assert search("%") == search("_") == []

    def test_excludes_deleted_categories(self, search):
        delete_category(Category.objects.get(slug="chairs"))

        assert search() == [
            "Bar stools",
            "Garden",
            "Garden > Chairs",
            "Garden > Chairs > Bar stools",
            "Kitchen",
        ]

    def test_excludes_the_subtree_of_the_category_itself(self, search, admin_client):
        excluded = Category.objects.get(slug="chairs")

        page = admin_client.get(url(excluded)).content.decode()

        assert f"autocomplete/?exclude={excluded.pk}" in page
        assert not any(text.startswith("Kitchen >") for text in search(exclude=str(excluded.pk)))

    def test_requires_login(self, client):
        assert client.get(f"{LIST}autocomplete/").status_code == 302
