from decimal import Decimal
from threading import Event

import pytest
from django.db import transaction
from django.test import Client

from categories.tests.factories import make_category
from products.models import Product
from products.services import update_product
from products.tests.factories import make_product
from tests.support.concurrency import run_concurrently
from tests.support.html_forms import form_errors, messages, read_form, submit
from tests.support.images import png, upload

pytestmark = pytest.mark.django_db


def change(product: Product) -> str:
    return f"/admin/products/product/{product.pk}/change/"


class TestConflicts:
    def test_keeps_an_api_change_of_another_field(self, admin_client):
        product = make_product(stock=1)
        form = read_form(admin_client.get(change(product)))
        update_product(product, price=Decimal(99))

        response = admin_client.post(change(product), form | {"stock": "5"}, follow=True)

        product.refresh_from_db()
        assert (product.price, product.stock) == (99, 5)
        assert any("Price" in message for message in messages(response))

    def test_reports_a_conflict_in_the_same_field(self, admin_client):
        product = make_product(stock=1, description="A mug")
        form = read_form(admin_client.get(change(product)))
        update_product(product, price=Decimal(99), description="The mug")

        response = admin_client.post(change(product), form | {"price": "5", "stock": "7"})

        assert "99.00" in form_errors(response)["price"][0]
        again = read_form(response)
        assert (again["price"], again["stock"], again["description"]) == ("5", "7", "The mug")
        product.refresh_from_db()
        assert (product.price, product.stock) == (99, 1)

    def test_reports_a_conflict_with_a_form_of_an_earlier_release(self, admin_client):
        product = make_product(stock=1)
        form = read_form(admin_client.get(change(product)))
        earlier = {name: form[name] for name in form if not name.endswith("_version")}
        update_product(product, stock=99)

        data = earlier | {"seen_version": "1", "stock": "0"}
        response = admin_client.post(change(product), data)

        assert "99" in form_errors(response)["stock"][0]
        product.refresh_from_db()
        assert product.stock == 99

    def test_replaces_the_other_change_when_saved_again(self, admin_client):
        product = make_product(stock=1, description="A mug", category=make_category())
        form = read_form(admin_client.get(change(product)))
        update_product(product, price=Decimal(99), description="The mug", category=None)

        response = admin_client.post(change(product), form | {"price": "5", "stock": "7"})
        admin_client.post(change(product), read_form(response))

        product.refresh_from_db()
        assert (product.price, product.stock, product.description) == (5, 7, "The mug")
        assert product.category_id is None

    def test_has_no_conflict_where_both_wrote_one_value(self, admin_client):
        product = make_product()
        form = read_form(admin_client.get(change(product)))
        update_product(product, is_active=False)

        del form["is_active"]
        response = admin_client.post(change(product), form | {"stock": "5"})

        assert response.status_code == 302
        product.refresh_from_db()
        assert (product.is_active, product.stock) == (False, 5)

    @pytest.mark.parametrize(
        ("field", "other", "typed"),
        [
            ("name", "Other", "Mine"),
            ("slug", "other", "mine"),
            ("sku", "OTHER", "MINE"),
            ("description", "Other\ntext", "Mine"),
            ("attributes", {"a": 2}, '{"a": 3}'),
            ("stock", 8, "9"),
        ],
    )
    def test_reports_a_conflict_in_any_field(self, admin_client, field, other, typed):
        product = make_product(attributes={"a": 1})
        form = read_form(admin_client.get(change(product)))
        update_product(product, **{field: other})

        response = admin_client.post(change(product), form | {field: typed})

        assert field in form_errors(response)
        assert getattr(Product.objects.get(), field) == other

    def test_reports_an_image_that_both_replaced(self, admin_client):
        product = make_product(image=upload(png()))
        form = read_form(admin_client.get(change(product)))
        update_product(product, image=upload(png(color=(0, 9, 0))))

        response = admin_client.post(
            change(product), form | {"image": upload(png(color=(0, 0, 9)))}
        )

        assert "image" in form_errors(response)

    def test_reports_every_change_without_hidden_initial_values(self, admin_client):
        product = make_product(stock=1)
        form = read_form(admin_client.get(change(product)))
        bare = {name: form[name] for name in form if not name.startswith("initial-")}
        update_product(product, price=Decimal(99))

        response = admin_client.post(change(product), bare | {"stock": "5"})

        assert "price" in form_errors(response)
        assert Product.objects.get().price == 99


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestConcurrentChanges:
    def test_loses_no_update(self, admin_client):
        product = make_product(slug="mug", stock=0)
        saved = []

        def write(api, number: int) -> int:
            if number % 2:
                return api.patch("/api/products/mug/", {"price": f"{number}.00"}).status_code
            client = Client()
            client.cookies = admin_client.cookies
            response = submit(client, change(product), stock=str(number + 1))
            if response.status_code == 302:
                saved.append(number + 1)
            return response.status_code

        statuses = run_concurrently(write, range(40), threads=4)

        product.refresh_from_db()
        assert set(statuses) <= {200, 302}
        assert statuses.count(302) > 0
        assert product.stock in saved
        assert product.price % 2 == 1

    def test_keeps_the_input_when_the_row_stays_locked(self, admin_client):
        product = make_product(stock=1)
        form = read_form(admin_client.get(change(product)))
        locked, responded = Event(), Event()

        def hold(*_: object) -> None:
            with transaction.atomic():
                Product.objects.select_for_update().get()
                locked.set()
                responded.wait(30)

        def post(*_: object) -> None:
            locked.wait(30)
            try:
                responses.append(admin_client.post(change(product), form | {"stock": "5"}))
            finally:
                responded.set()

        responses = []
        run_concurrently(lambda _, work: work(), [hold, post], threads=2)

        assert "busy" in form_errors(responses[0])["__all__"][0]
        assert read_form(responses[0])["stock"] == "5"
