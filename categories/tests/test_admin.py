import pytest

from categories.models import Category
from categories.services import delete_category, update_category
from categories.tests.factories import make_category
from products.models import Product
from products.tests.factories import make_product
from tests.support.forms import form_errors, messages, read_form, submit
from tests.support.kitchen import live, make_kitchen

pytestmark = pytest.mark.django_db

LIST = "/admin/categories/category/"
ADD = f"{LIST}add/"


def url(category: Category, page: str = "change") -> str:
    return f"{LIST}{category.pk}/{page}/"


def category(slug: str) -> Category:
    return Category.all_objects.get(slug=slug)


class TestAdd:
    def test_makes_a_category_below_another(self, admin_client):
        make_kitchen()

        submit(admin_client, ADD, name="Plates", parent=str(category("kitchen").pk))

        assert category("plates").parent == category("kitchen")

    def test_hands_a_new_category_to_the_form_that_opened_the_popup(self, admin_client):
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
    def test_shows_what_the_api_rejects_at_its_field(self, admin_client, field: str, value: str):
        response = submit(admin_client, ADD, **{"name": "Plates", field: value})

        assert set(form_errors(response)) == {field}
        assert not Category.all_objects.exists()

    def test_shows_that_the_tree_would_be_too_deep(self, admin_client):
        parent = None
        for level in range(10):
            parent = make_category(f"Level {level}", parent=parent)

        response = submit(admin_client, ADD, name="Too deep", parent=str(parent.pk))

        assert set(form_errors(response)) == {"parent"}
        assert read_form(response)["parent"] == str(parent.pk)


class TestChange:
    def test_shows_that_a_category_cannot_be_below_itself(self, admin_client):
        make_kitchen()
        below = str(category("tea").pk)

        response = submit(admin_client, url(category("kitchen")), parent=below, position="7")

        assert set(form_errors(response)) == {"parent"}
        form = read_form(response)
        assert (form["parent"], form["position"]) == (below, "7")

    def test_reports_a_parent_that_both_changed(self, admin_client):
        make_kitchen()
        form = read_form(admin_client.get(url(category("tea"))))
        update_category(category("tea"), parent=category("garden"))

        response = admin_client.post(url(category("tea")), form | {"parent": ""})

        assert "Garden" in form_errors(response)["parent"][0]
        assert category("tea").parent == category("garden")

    def test_keeps_a_parent_that_is_deleted(self, admin_client):
        make_kitchen()
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
    def chairs(self) -> None:
        for room in ("Kitchen", "Garden"):
            chairs = make_category("Chairs", parent=make_category(room))
            make_category("Bar stools", parent=chairs)

    def test_tells_two_of_one_name_apart(self, search):
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

    def test_leaves_deleted_ones_out(self, search):
        delete_category(Category.objects.get(slug="chairs"))

        assert search() == [
            "Bar stools",
            "Garden",
            "Garden > Chairs",
            "Garden > Chairs > Bar stools",
            "Kitchen",
        ]

    def test_leaves_out_what_would_close_a_circle(self, search, admin_client):
        excluded = Category.objects.get(slug="chairs")

        page = admin_client.get(url(excluded)).content.decode()

        assert f"autocomplete/?exclude={excluded.pk}" in page
        assert not any(text.startswith("Kitchen >") for text in search(exclude=str(excluded.pk)))

    def test_needs_an_account(self, client):
        assert client.get(f"{LIST}autocomplete/").status_code == 302


class TestDelete:
    def test_says_what_goes_and_what_stays(self, admin_client):
        make_kitchen()

        page = admin_client.get(url(category("kitchen"), "delete")).content.decode()

        assert "2 subcategories and 3 products are deleted." in page

    def test_says_when_nothing_is_below(self, admin_client):
        page = admin_client.get(url(make_category(), "delete")).content.decode()

        assert "0 subcategories and 0 products are kept." in page

    @pytest.mark.parametrize(
        ("strategy", "categories", "products"),
        [
            ("detach", {"mugs", "tea", "garden"}, {"in-kitchen", "in-mugs", "in-tea", "spade"}),
            ("cascade", {"garden"}, {"spade"}),
        ],
    )
    def test_deletes_by_the_chosen_strategy(self, admin_client, strategy, categories, products):
        make_kitchen()

        submit(admin_client, url(category("kitchen"), "delete"), strategy=strategy)

        assert (live(Category), live(Product)) == (categories, products)

    def test_keeps_what_is_below_by_default(self, admin_client):
        make_kitchen()

        submit(admin_client, url(category("kitchen"), "delete"))

        assert "mugs" in live(Category)

    def test_says_why_it_was_refused(self, admin_client):
        make_kitchen()
        page = url(category("kitchen"), "delete")

        response = admin_client.post(page, {"post": "yes", "strategy": "restrict"}, follow=True)

        assert "not empty" in messages(response)[0]
        assert category("kitchen").is_live


class TestDeleteSelected:
    def delete(self, admin_client, strategy: str, *slugs: str):
        chosen = {"_selected_action": [str(category(slug).pk) for slug in slugs]}
        page = admin_client.post(LIST, {"action": "delete_selected", **chosen})
        return admin_client.post(LIST, read_form(page) | {"strategy": strategy}, follow=True)

    def test_gives_unrelated_ones_deletions_of_their_own(self, admin_client):
        slugs = [make_category(name).slug for name in ("One", "Two", "Three")]

        self.delete(admin_client, "detach", *slugs)

        assert len({category(slug).deletion_id for slug in slugs}) == 3

    def test_deletes_a_selected_subtree_once(self, admin_client):
        make_kitchen()

        response = self.delete(admin_client, "cascade", "kitchen", "tea", "garden")

        assert live(Category) == live(Product) == set()
        assert messages(response) == ["3 categories deleted."]

    def test_reports_each_that_was_refused(self, admin_client):
        make_kitchen()
        make_category("Empty")

        response = self.delete(admin_client, "restrict", "kitchen", "empty")

        done, refused = messages(response)
        assert done == "1 category deleted."
        assert "Kitchen" in refused
        assert "not empty" in refused


class TestRestore:
    def test_brings_back_exactly_what_was_deleted_together(self, admin_client):
        make_kitchen()
        delete_category(category("garden"))
        submit(admin_client, url(category("kitchen"), "delete"), strategy="cascade")

        chosen = [str(category(slug).pk) for slug in ("kitchen", "mugs")]
        response = admin_client.post(
            f"{LIST}?deleted=only", {"action": "restore", "_selected_action": chosen}, follow=True
        )

        assert live(Category) == {"kitchen", "mugs", "tea"}
        assert messages(response)[-2:] == [
            "2 categories restored.",
            "Rows of the same deletions were restored too: 4.",
        ]

    def test_names_what_is_in_the_way_of_the_whole_set(self, admin_client):
        make_kitchen()
        submit(admin_client, url(category("kitchen"), "delete"), strategy="cascade")
        holder = make_product("In Mugs")
        make_category("Tea")

        chosen = {"_selected_action": [str(Category.all_objects.get(slug="kitchen").pk)]}
        response = admin_client.post(
            f"{LIST}?deleted=only", {"action": "restore", **chosen}, follow=True
        )

        text = messages(response)[-1]
        assert f"/admin/products/product/{holder.pk}/change/" in text
        assert "slug &#x27;tea&#x27;" in text
        assert "kitchen" not in live(Category)
