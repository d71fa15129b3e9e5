from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from uuid_utils.compat import uuid7

from categories.services import delete_category
from categories.tests.factories import make_category
from config.tests.parallel import at_once
from core.tests.forms import form_errors, messages, read_form, submit
from core.tests.pictures import png, upload
from products.models import Product
from products.services import delete_product, update_product
from products.tests.factories import make_product

pytestmark = pytest.mark.django_db

LIST = "/admin/products/product/"
ADD = f"{LIST}add/"
NEW = {"name": "Blue mug", "price": "12.50"}


def change(product: Product) -> str:
    return f"{LIST}{product.pk}/change/"


class TestAdd:
    def test_makes_the_slug_from_the_name(self, admin_client):
        make_product()

        submit(admin_client, ADD, **NEW, image=upload(png()))

        assert Product.objects.get(slug="blue-mug-2").thumbnail_status == "pending"

    def test_keeps_line_ends_as_the_api_would(self, admin_client):
        submit(admin_client, ADD, **NEW, description="First\r\nsecond")

        assert Product.objects.get().description == "First\nsecond"

    def test_reads_blank_attributes_as_none(self, admin_client):
        submit(admin_client, ADD, **NEW, attributes=" ")

        assert Product.objects.get().attributes == {}

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("attributes", '{"x": NaN}'),
            ("attributes", '{"x": Infinity}'),
            ("attributes", '{"x": -Infinity}'),
            ("attributes", '{"x": 1e999}'),
            ("attributes", '{"x": ' + "9" * 5000 + "}"),
            ("attributes", '{"x": {"y": 1}}'),
            ("attributes", '{"x": [1]}'),
            ("attributes", '{"x": null}'),
            ("attributes", '{"x": 1, "x": 2}'),
            ("attributes", '{"": 1}'),
            ("attributes", '{"x": "a\\u0000b"}'),
            ("attributes", '{"x": "\\ud800"}'),
            ("attributes", "[" * 100_000),
            ("attributes", "[]"),
            ("attributes", "null"),
            ("attributes", "x"),
            ("attributes", "{" + ", ".join(f'"{n}": 1' for n in range(51)) + "}"),
            ("name", " "),
            ("name", "a\0b"),
            ("name", "a" * 256),
            ("description", "a\0b"),
            ("sku", "a" * 65),
            ("sku", "a\0b"),
            ("slug", "Not A Slug"),
            ("slug", "a--b"),
            ("slug", "-a"),
            ("slug", "01939999-0000-7000-8000-000000000000"),
            ("slug", "a" * 256),
            ("price", ""),
            ("price", "-1"),
            ("price", "NaN"),
            ("price", "Infinity"),
            ("price", "1e5"),
            ("price", "1.234"),
            ("price", "1" * 400),
            ("currency", "usd"),
            ("currency", "EURO"),
            ("stock", "-1"),
            ("stock", "1.5"),
            ("stock", ""),
            ("stock", "2147483648"),
            ("stock", "9" * 5000),
        ],
    )
    def test_shows_what_the_api_rejects_at_its_field(self, admin_client, field: str, value: str):
        typed = NEW | {"sku": "MUG-1", field: value}

        response = submit(admin_client, ADD, **typed)

        assert set(form_errors(response)) == {field}
        assert read_form(response)[field].strip() == value.strip()
        assert not Product.all_objects.exists()

    def test_accepts_what_the_api_accepts(self, admin_client):
        submit(admin_client, ADD, **NEW, attributes='{"größe": 1.5, "vegan": true, "c": "x"}')

        assert Product.objects.get().attributes == {"größe": 1.5, "vegan": True, "c": "x"}

    @pytest.mark.parametrize(
        ("field", "taken"), [("slug", {"slug": "mug"}), ("sku", {"sku": "MUG-1"})]
    )
    def test_shows_who_holds_what_is_taken(self, admin_client, field: str, taken: dict):
        holder = make_product(**taken)

        response = submit(admin_client, ADD, **NEW, **taken, description="Typed")

        [error] = form_errors(response)[field]
        assert str(holder.pk) in error
        assert read_form(response)["description"] == "Typed"
        assert Product.objects.count() == 1

    @pytest.mark.parametrize(
        "content",
        [b"no image", b"", png()[:40], b"\xff\xd8\xff" + b"\0" * 99, b"x" * (10 * 2**20 + 1)],
    )
    def test_shows_a_rejected_image_at_its_field(self, admin_client, content: bytes):
        image = SimpleUploadedFile("photo.png", content)

        response = submit(admin_client, ADD, **NEW, image=image, description="Typed")

        assert set(form_errors(response)) == {"image"}
        assert read_form(response)["description"] == "Typed"
        assert not Product.objects.exists()

    def test_says_that_an_image_has_to_be_chosen_again(self, admin_client):
        response = submit(admin_client, ADD, **NEW | {"price": "-1"}, image=upload(png()))

        assert "again" in form_errors(response)["image"][0]

    @pytest.mark.parametrize("category", ["nonsense", str(uuid7()), "\0"])
    def test_shows_a_category_that_does_not_exist_at_its_field(self, admin_client, category: str):
        response = submit(admin_client, ADD, **NEW, category=category)

        assert set(form_errors(response)) == {"category"}

    def test_shows_an_unavailable_storage_at_the_image(self, admin_client, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path / "file"
        settings.MEDIA_ROOT.write_text("no folder")

        response = submit(admin_client, ADD, **NEW, image=upload(png()))

        assert set(form_errors(response)) == {"image"}
        assert not Product.objects.exists()


class TestChange:
    def test_writes_only_what_was_changed(self, admin_client):
        product = make_product(stock=3, description="One\ntwo", attributes={"a": 1, "ü": "x"})

        submit(admin_client, change(product), price="9")

        product.refresh_from_db()
        assert (product.price, product.version) == (9, 2)
        assert product.description == "One\ntwo"

    def test_writes_nothing_when_nothing_was_changed(self, admin_client):
        product = make_product(
            description="One\r\ntwo\n", sku="M", attributes={"a": 1}, image=upload(png())
        )
        before = Product.objects.values().get()

        response = submit(admin_client, change(product))

        assert response.status_code == 302
        assert Product.objects.values().get() == before

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

    def test_keeps_a_legacy_value_that_was_not_touched(self, admin_client):
        product = make_product()
        Product.objects.update(attributes={"nested": {"a": 1}})

        submit(admin_client, change(product), stock="5")

        assert Product.objects.get().stock == 5

    def test_keeps_what_was_typed_when_the_product_was_deleted_meanwhile(self, admin_client):
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


class TestChangeBesideAnotherWriter:
    def test_keeps_what_the_api_changed_in_another_field(self, admin_client):
        product = make_product(stock=1)
        form = read_form(admin_client.get(change(product)))
        update_product(product, price=Decimal(99))

        response = admin_client.post(change(product), form | {"stock": "5"}, follow=True)

        product.refresh_from_db()
        assert (product.price, product.stock) == (99, 5)
        assert any("price" in message for message in messages(response))

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

    def test_replaces_the_other_change_when_saved_again(self, admin_client):
        product = make_product(stock=1, description="A mug", category=make_category())
        form = read_form(admin_client.get(change(product)))
        update_product(product, price=Decimal(99), description="The mug", category=None)

        response = admin_client.post(change(product), form | {"price": "5", "stock": "7"})
        admin_client.post(change(product), read_form(response))

        product.refresh_from_db()
        assert (product.price, product.stock, product.description) == (5, 7, "The mug")
        assert product.category_id is None

    def test_has_no_conflict_where_both_wrote_the_same(self, admin_client):
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

    def test_reports_any_change_where_the_page_had_no_hidden_values(self, admin_client):
        product = make_product(stock=1)
        form = read_form(admin_client.get(change(product)))
        bare = {name: form[name] for name in form if not name.startswith("initial-")}
        update_product(product, price=Decimal(99))

        response = admin_client.post(change(product), bare | {"stock": "5"})

        assert "price" in form_errors(response)
        assert Product.objects.get().price == 99


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestChangeAtTheSameMoment:
    def test_loses_neither_the_form_nor_the_api(self, admin_client):
        product = make_product(slug="mug", stock=0)
        forms, saved = [read_form(admin_client.get(change(product))) for _ in range(20)], []

        def write(api, number: int) -> int:
            if number % 2:
                return api.patch("/api/products/mug/", {"price": f"{number}.00"}).status_code
            form = forms.pop() | {"stock": str(number), "initial-stock": str(number - 1)}
            client = Client()
            client.cookies = admin_client.cookies
            response = client.post(change(product), form)
            if response.status_code == 302:
                saved.append(number)
            return response.status_code

        statuses = at_once(write, range(40), threads=4)

        product.refresh_from_db()
        assert set(statuses) <= {200, 302}
        assert statuses.count(302) > 0
        assert product.stock in saved
        assert product.price % 2 == 1
