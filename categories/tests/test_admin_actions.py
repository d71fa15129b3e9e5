import pytest

from categories.models import Category
from categories.services import delete_category
from categories.tests.factories import make_category
from products.models import Product
from products.tests.factories import make_product
from tests.support.html_forms import messages, read_form, submit
from tests.support.sample_catalog import live_slugs, make_sample_catalog

pytestmark = pytest.mark.django_db

LIST = "/admin/categories/category/"


def url(category: Category, page: str = "change") -> str:
    return f"{LIST}{category.pk}/{page}/"


def category(slug: str) -> Category:
    return Category.all_objects.get(slug=slug)


class TestDelete:
    def test_shows_the_numbers_of_dependents(self, admin_client):
        make_sample_catalog()

        page = admin_client.get(url(category("kitchen"), "delete")).content.decode()

        assert "2 subcategories and 3 products are deleted." in page

    def test_shows_that_there_are_no_dependents(self, admin_client):
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
        make_sample_catalog()

        submit(admin_client, url(category("kitchen"), "delete"), strategy=strategy)

        assert (live_slugs(Category), live_slugs(Product)) == (categories, products)

    def test_keeps_dependents_by_default(self, admin_client):
        make_sample_catalog()

        submit(admin_client, url(category("kitchen"), "delete"))

        assert "mugs" in live_slugs(Category)

    def test_shows_why_a_category_was_not_deleted(self, admin_client):
        make_sample_catalog()
        page = url(category("kitchen"), "delete")

        response = admin_client.post(page, {"post": "yes", "strategy": "restrict"}, follow=True)

        assert "not empty" in messages(response)[0]
        assert category("kitchen").is_live


class TestDeleteSelected:
    def delete(self, admin_client, strategy: str, *slugs: str):
        chosen = {"_selected_action": [str(category(slug).pk) for slug in slugs]}
        page = admin_client.post(LIST, {"action": "delete_selected", **chosen})
        return admin_client.post(LIST, read_form(page) | {"strategy": strategy}, follow=True)

    def test_deletes_unrelated_categories_as_separate_deletions(self, admin_client):
        slugs = [make_category(name).slug for name in ("One", "Two", "Three")]

        self.delete(admin_client, "detach", *slugs)

        assert len({category(slug).deletion_id for slug in slugs}) == 3

    def test_deletes_a_selected_subtree_once(self, admin_client):
        make_sample_catalog()

        response = self.delete(admin_client, "cascade", "kitchen", "tea", "garden")

        assert live_slugs(Category) == live_slugs(Product) == set()
        assert messages(response) == ["3 categories deleted."]

    def test_reports_each_category_that_was_not_deleted(self, admin_client):
        make_sample_catalog()
        make_category("Empty")

        response = self.delete(admin_client, "restrict", "kitchen", "empty")

        success, error = messages(response)
        assert success == "1 category deleted."
        assert "Kitchen" in error
        assert "not empty" in error


class TestRestore:
    def test_restores_exactly_the_rows_of_one_deletion(self, admin_client):
        make_sample_catalog()
        delete_category(category("garden"))
        submit(admin_client, url(category("kitchen"), "delete"), strategy="cascade")

        chosen = [str(category(slug).pk) for slug in ("kitchen", "mugs")]
        response = admin_client.post(
            f"{LIST}?deleted=only", {"action": "restore", "_selected_action": chosen}, follow=True
        )

        assert live_slugs(Category) == {"kitchen", "mugs", "tea"}
        assert messages(response)[-2:] == [
            "2 categories restored.",
            "Rows of the same deletions were restored too: 4.",
        ]

    def test_lists_the_conflicts_of_the_whole_deletion(self, admin_client):
        make_sample_catalog()
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
        assert "kitchen" not in live_slugs(Category)
