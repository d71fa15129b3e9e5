import pytest

from categories.services import delete_category
from categories.tests.factories import make_category
from products.models import Product
from products.services import delete_product
from products.tests.factories import make_product
from tests.support.html_forms import form_errors, read_form, submit
from tests.support.images import png, upload

pytestmark = pytest.mark.django_db


def change(product: Product) -> str:
    return f"/admin/products/product/{product.pk}/change/"


class TestChange:
    def test_writes_only_the_changed_fields(self, admin_client):
        product = make_product(stock=3, description="One\ntwo", attributes={"a": 1, "ü": "x"})

        submit(admin_client, change(product), price="9")

        product.refresh_from_db()
        assert (product.price, product.version) == (9, 2)
        assert product.description == "One\ntwo"

    def test_writes_nothing_without_changes(self, admin_client):
        product = make_product(
            description="One\r\ntwo\n", sku="M", attributes={"a": 1}, image=upload(png())
        )
        before = Product.objects.values().get()

        response = submit(admin_client, change(product))

        assert response.status_code == 302
        assert Product.objects.values().get() == before

    def test_validates_a_new_currency_with_the_unchanged_price(self, admin_client):
        response = submit(admin_client, change(make_product()), currency="JPY")

        assert set(form_errors(response)) == {"currency"}

    def test_replaces_and_removes_the_image(self, admin_client):
        product = make_product(image=upload(png()))

        submit(admin_client, change(product), image=upload(png(color=(0, 0, 9))))
        replaced = Product.objects.get().image.name
        submit(admin_client, change(product), **{"image-clear": "on"})

        assert replaced != product.image.name
        assert Product.objects.get().image.name == ""

    def test_keeps_the_link_to_a_deleted_category(self, admin_client):
        category = make_category("Chairs")
        product = make_product(category=category)
        delete_category(category)

        page = admin_client.get(change(product))
        submit(admin_client, change(product), stock="5")

        assert "Chairs (deleted)" in page.content.decode()
        assert Product.objects.get().category_id == category.pk

    def test_removes_the_link_to_a_deleted_category(self, admin_client):
        category = make_category("Chairs")
        product = make_product(category=category)
        delete_category(category)

        submit(admin_client, change(product), category="")

        assert Product.objects.get().category_id is None

    def test_rejects_a_category_that_was_deleted_meanwhile(self, admin_client):
        product, category = make_product(), make_category("Chairs")
        delete_category(category)

        response = submit(admin_client, change(product), category=str(category.pk), stock="5")

        assert set(form_errors(response)) == {"category"}
        assert read_form(response)["stock"] == "5"

    def test_keeps_an_invalid_stored_value_that_was_not_changed(self, admin_client):
        product = make_product()
        Product.objects.update(attributes={"nested": {"a": 1}})

        submit(admin_client, change(product), stock="5")

        assert Product.objects.get().stock == 5

    def test_keeps_the_input_when_the_product_was_deleted_meanwhile(self, admin_client):
        product = make_product()
        form = read_form(admin_client.get(change(product)))
        delete_product(product)

        response = admin_client.post(change(product), form | {"stock": "5"})

        assert "deleted" in form_errors(response)["__all__"][0]
        assert read_form(response)["stock"] == "5"
        assert Product.all_objects.get().stock == 0

    def test_shows_a_deleted_product_read_only(self, admin_client):
        product = make_product()
        delete_product(product)

        assert "price" not in read_form(admin_client.get(change(product)))
