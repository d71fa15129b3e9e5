import pytest

from core.tests.pictures import png, upload
from products.models import Product
from products.services import delete_product
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db

URL = "/admin/products/product/"
FORM = {
    "name": "Blue mug",
    "slug": "",
    "description": "",
    "sku": "",
    "price": "12.50",
    "currency": "USD",
    "stock": "3",
    "attributes": "{}",
    "category": "",
    "is_active": "on",
}


def messages(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


class TestProductAdmin:
    def test_creates_with_a_slug_made_from_the_name(self, admin_client):
        make_product()

        admin_client.post(f"{URL}add/", FORM | {"image": upload(png())})

        assert Product.objects.get(slug="blue-mug-2").thumbnail_status == "pending"

    def test_changes_only_what_was_changed(self, admin_client):
        product = make_product(stock=3)

        admin_client.post(f"{URL}{product.pk}/change/", FORM | {"slug": "blue-mug", "price": "9"})

        product.refresh_from_db()
        assert (product.price, product.version) == (9, 2)

    def test_shows_who_holds_a_taken_slug(self, admin_client):
        make_product(slug="mug")

        response = admin_client.post(f"{URL}add/", FORM | {"slug": "mug"}, follow=True)

        assert "has the slug 'mug'" in messages(response)
        assert Product.objects.count() == 1

    @pytest.mark.parametrize("slug", ["Not A Slug", "a--b"])
    def test_refuses_a_slug_that_no_url_reaches(self, admin_client, slug: str):
        admin_client.post(f"{URL}add/", FORM | {"slug": slug})

        assert not Product.objects.exists()

    def test_hides_what_is_deleted_and_restores_it(self, admin_client):
        product = make_product()
        chosen = {"_selected_action": [str(product.pk)]}

        admin_client.post(URL, {"action": "delete_selected", "post": "yes", **chosen})
        hidden = Product.all_objects.get().deleted_at
        admin_client.post(f"{URL}?deleted=only", {"action": "restore", **chosen})

        assert hidden
        assert Product.objects.get().is_live

    def test_lists_live_products_unless_deleted_ones_are_asked_for(self, admin_client):
        make_product(name="Live one")
        delete_product(make_product(name="Deleted one"))

        assert b"Deleted one" not in admin_client.get(URL).content
        assert b"Deleted one" in admin_client.get(f"{URL}?deleted=only").content
