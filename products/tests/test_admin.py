import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from uuid_utils.compat import uuid7

from categories.services import delete_category
from categories.tests.factories import make_category
from products.models import Product
from products.services import delete_product
from products.tests.factories import make_product
from tests.support.forms import form_errors, read_form, submit
from tests.support.pictures import png, upload

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
            ("attributes", '{"x": "a\\u202eb"}'),
            ("attributes", '{"a\\u0007": 1}'),
            ("attributes", '{"x": "' + "a" * 1001 + '"}'),
            ("name", " "),
            ("name", "\u200b"),
            ("name", "a\u202eb"),
            ("name", "a\u2066b"),
            ("name", "a\x07b"),
            ("name", "a\u0301" + "\u0301" * 99),
            ("name", "a\0b"),
            ("name", "a" * 256),
            ("description", "a\0b"),
            ("description", "a\x1bb"),
            ("description", "a" * 20_001),
            ("sku", "a" * 65),
            ("sku", "a\0b"),
            ("slug", "Not A Slug"),
            ("slug", "a--b"),
            ("slug", "bulk"),
            ("slug", "null"),
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
            ("currency", "ZZZ"),
            ("currency", ""),
            ("stock", "-1"),
            ("stock", "1.5"),
            ("stock", ""),
            ("stock", "2147483648"),
            ("stock", "9" * 5000),
        ],
    )
    def test_shows_what_the_api_rejects_at_its_field(
        self, admin_client, api, field: str, value: str
    ):
        typed = NEW | {"sku": "MUG-1", field: value}

        response = submit(admin_client, ADD, **typed)

        assert set(form_errors(response)) == {field}
        assert api.post("/api/products/", typed, format="multipart").status_code == 400
        assert read_form(response)[field].strip() == value.strip()
        assert not Product.all_objects.exists()

    @pytest.mark.parametrize(("currency", "price"), [("JPY", "100.50"), ("KWD", "1.2345")])
    def test_rejects_a_price_with_more_decimals_than_its_currency(
        self, admin_client, currency: str, price: str
    ):
        response = submit(admin_client, ADD, **NEW | {"currency": currency, "price": price})

        assert set(form_errors(response)) == {"price"}

    @pytest.mark.parametrize(
        ("currency", "price", "shown"),
        [("JPY", "100.00", "100"), ("KWD", "1.2340", "1.234"), ("USD", "19.900000", "19.90")],
    )
    def test_shows_a_price_with_the_decimals_of_its_currency(
        self, admin_client, currency: str, price: str, shown: str
    ):
        submit(admin_client, ADD, **NEW | {"currency": currency, "price": price})

        assert read_form(admin_client.get(change(Product.objects.get())))["price"] == shown
        assert f"{shown} {currency}" in admin_client.get(LIST).content.decode()

    def test_stores_text_in_the_form_that_the_api_stores(self, admin_client):
        submit(admin_client, ADD, **NEW | {"name": "\u200bCafe\u0301 "}, sku="Cafe\u0301")

        product = Product.objects.get()
        assert (product.name, product.sku) == ("Caf\u00e9", "Caf\u00e9")

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

    def test_judges_a_currency_by_the_price_that_stays(self, admin_client):
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
