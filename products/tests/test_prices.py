"""Prices and their currencies, which are validated together."""

from decimal import Decimal

import pytest

from core.errors import InvalidField
from products.models import Product
from products.services import create_product, update_product
from products.tests.factories import make_product
from tests.support.responses import error_codes, result_names

pytestmark = pytest.mark.django_db

URL = "/api/products/"


def create(api, price: object, currency: str = "USD"):
    return api.post(URL, {"name": "Mug", "price": price, "currency": currency})


class TestPrice:
    @pytest.mark.parametrize(
        ("price", "currency", "shown"),
        [
            ("19.900000", "USD", "19.90"),
            ("12.5", "USD", "12.50"),
            (0.1, "EUR", "0.10"),
            (19.9, "USD", "19.90"),
            ("100.00", "JPY", "100"),
            (100, "JPY", "100"),
            ("1.234", "KWD", "1.234"),
            ("1.2", "KWD", "1.200"),
            ("1.2345", "CLF", "1.2345"),
            ("9999999999.9999", "CLF", "9999999999.9999"),
            ("9999999999", "JPY", "9999999999"),
            ("0." + "0" * 900, "USD", "0.00"),
        ],
    )
    def test_is_represented_with_the_decimals_of_its_currency(self, api, price, currency, shown):
        created = create(api, price, currency)
        read = api.get(f"{URL}mug/")

        assert (created.status_code, created.json()["price"]) == (201, shown)
        assert read.json()["price"] == shown

    @pytest.mark.parametrize(
        ("price", "currency"),
        [("100.50", "JPY"), ("0.1", "KRW"), ("1.005", "USD"), ("1.2345", "KWD"), (0.001, "EUR")],
    )
    def test_has_no_more_decimals_than_its_currency(self, api, price, currency):
        response = create(api, price, currency)

        assert (response.status_code, error_codes(response)) == (
            400,
            {"/price": "max_decimal_places"},
        )

    def test_is_rejected_together_with_other_fields(self, api):
        body = {"name": "", "price": "1.5", "currency": "JPY", "stock": -1}

        assert set(error_codes(api.post(URL, body))) == {"/name", "/price", "/stock"}

    @pytest.mark.parametrize(
        "currency", ["ZZZ", "XXX", "XTS", "XAU", "usd", "DEM", "", None, 7, []]
    )
    def test_needs_a_currency_in_use(self, api, currency: object):
        response = create(api, "1", currency)

        assert (response.status_code, list(error_codes(response))) == (400, ["/currency"])

    def test_is_validated_against_the_currency_of_the_row(self, api):
        create(api, "100", "JPY")

        rejected = api.patch(f"{URL}mug/", {"price": "99.5"})
        accepted = api.patch(f"{URL}mug/", {"price": "99.0"})

        assert error_codes(rejected) == {"/price": "max_decimal_places"}
        assert accepted.json()["price"] == "99"

    def test_is_validated_against_a_new_currency(self, api):
        create(api, "19.90")

        rejected = api.patch(f"{URL}mug/", {"currency": "JPY"})
        together = api.patch(f"{URL}mug/", {"currency": "JPY", "price": "20"})

        assert error_codes(rejected) == {"/currency": "max_decimal_places"}
        assert (together.json()["price"], together.json()["currency"]) == ("20", "JPY")

    def test_may_keep_more_decimals_than_its_currency_has(self, api):
        create(api, "100", "JPY")
        Product.objects.update(price=Decimal("100.50"))
        body = api.get(f"{URL}mug/").json()

        response = api.put(f"{URL}mug/", body)

        assert body["price"] == "100.5"
        assert (response.status_code, response.json()) == (200, body)

    def test_may_keep_a_currency_out_of_use(self, api):
        create(api, "1")
        Product.objects.update(currency="HRK")

        response = api.patch(f"{URL}mug/", {"currency": "HRK", "stock": 3})

        assert (response.status_code, response.json()["currency"]) == (200, "HRK")

    def test_adds_no_query_to_a_list(self, api, django_assert_num_queries):
        make_product(price=Decimal("1.234"), currency="KWD")
        make_product()

        with django_assert_num_queries(2):
            rows = api.get(URL, {"fields": "price", "ordering": "price"}).json()["results"]

        assert [row["price"] for row in rows] == ["1.234", "12.50"]

    @pytest.mark.parametrize("price", ["1.234", "1.234000"])
    def test_is_compared_exactly_by_filters(self, api, price: str):
        create(api, "1.234", "KWD")
        create(api, "1.23")

        assert result_names(api.get(URL, {"min_price": price})) == ["Mug"]
        assert len(result_names(api.get(URL, {"max_price": price}))) == 2


class TestRequireFittingPrice:
    def test_raises_in_the_services(self):
        with pytest.raises(InvalidField):
            create_product(name="Mug", price=Decimal("1.5"), currency="JPY")

    def test_validates_against_the_row_in_the_database(self):
        product = make_product(price=Decimal("1.234"), currency="KWD")
        Product.objects.update(price=1, currency="USD")

        with pytest.raises(InvalidField):
            update_product(product, price=Decimal("1.234"))
