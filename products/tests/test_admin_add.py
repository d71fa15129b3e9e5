import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from uuid_utils.compat import uuid7

from products.models import Product
from products.tests.factories import make_product
from tests.support.html_forms import form_errors, read_form, submit
from tests.support.images import png, upload

pytestmark = pytest.mark.django_db

LIST = "/admin/products/product/"
ADD = f"{LIST}add/"
NEW = {"name": "Blue mug", "price": "12.50"}


class TestAdd:
    def test_makes_the_slug_from_the_name(self, admin_client):
        make_product()

        submit(admin_client, ADD, **NEW, image=upload(png()))

        assert Product.objects.get(slug="blue-mug-2").thumbnail_status == "pending"

    def test_stores_line_breaks_as_the_api_does(self, admin_client):
        submit(admin_client, ADD, **NEW, description="First\r\nsecond")

        assert Product.objects.get().description == "First\nsecond"

    def test_reads_empty_attributes_as_no_attributes(self, admin_client):
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
    def test_shows_at_its_field_what_the_api_rejects(
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

        assert (
            read_form(admin_client.get(f"{LIST}{Product.objects.get().pk}/change/"))["price"]
            == shown
        )
        assert f"{shown} {currency}" in admin_client.get(LIST).content.decode()

    def test_normalizes_text_as_the_api_does(self, admin_client):
        submit(admin_client, ADD, **NEW | {"name": "\u200bCafe\u0301 "}, sku="Cafe\u0301")

        product = Product.objects.get()
        assert (product.name, product.sku) == ("Caf\u00e9", "Caf\u00e9")

    def test_accepts_attributes_that_the_api_accepts(self, admin_client):
        submit(admin_client, ADD, **NEW, attributes='{"größe": 1.5, "vegan": true, "c": "x"}')

        assert Product.objects.get().attributes == {"größe": 1.5, "vegan": True, "c": "x"}

    @pytest.mark.parametrize(
        ("field", "taken"), [("slug", {"slug": "mug"}), ("sku", {"sku": "MUG-1"})]
    )
    def test_links_to_the_holder_of_a_taken_value(self, admin_client, field: str, taken: dict):
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
    def test_shows_at_its_field_why_an_image_is_rejected(self, admin_client, content: bytes):
        image = SimpleUploadedFile("photo.png", content)

        response = submit(admin_client, ADD, **NEW, image=image, description="Typed")

        assert set(form_errors(response)) == {"image"}
        assert read_form(response)["description"] == "Typed"
        assert not Product.objects.exists()

    def test_says_that_the_image_must_be_chosen_again(self, admin_client):
        response = submit(admin_client, ADD, **NEW | {"price": "-1"}, image=upload(png()))

        assert "again" in form_errors(response)["image"][0]

    @pytest.mark.parametrize(
        "category", ["nonsense", pytest.param(str(uuid7()), id="new id"), "\0"]
    )
    def test_shows_at_its_field_that_a_category_does_not_exist(self, admin_client, category: str):
        response = submit(admin_client, ADD, **NEW, category=category)

        assert set(form_errors(response)) == {"category"}

    def test_shows_at_the_image_that_the_storage_is_unavailable(
        self, admin_client, settings, tmp_path
    ):
        settings.MEDIA_ROOT = tmp_path / "file"
        settings.MEDIA_ROOT.write_text("no folder")

        response = submit(admin_client, ADD, **NEW, image=upload(png()))

        assert set(form_errors(response)) == {"image"}
        assert not Product.objects.exists()
