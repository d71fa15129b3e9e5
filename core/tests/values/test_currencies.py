from decimal import Decimal

import pytest

from core.values.currencies import DECIMALS, MAX_DECIMALS, format_amount, has_valid_precision


class TestDecimals:
    @pytest.mark.parametrize(
        ("currency", "decimals"),
        [("JPY", 0), ("KRW", 0), ("USD", 2), ("EUR", 2), ("KWD", 3), ("TND", 3), ("CLF", 4)],
    )
    def test_are_those_of_the_minor_unit(self, currency: str, decimals: int):
        assert DECIMALS[currency] == decimals

    @pytest.mark.parametrize("code", ["XXX", "XTS", "XAU", "XDR", "ZZZ", "DEM", "HRK", "usd", ""])
    def test_exclude_codes_that_no_price_has(self, code: str):
        assert code not in DECIMALS

    def test_are_at_most_the_maximum(self):
        assert max(DECIMALS.values()) == MAX_DECIMALS


class TestHasValidPrecision:
    @pytest.mark.parametrize(
        ("amount", "currency", "expected"),
        [
            ("100.00", "JPY", True),
            ("100.5", "JPY", False),
            ("19.900000", "USD", True),
            ("19.905", "USD", False),
            ("1.234", "KWD", True),
            ("1.2345", "KWD", False),
            ("1.2345", "CLF", True),
            ("0.01", "ZZZ", True),
        ],
    )
    def test_counts_decimals_without_trailing_zeros(self, amount, currency, expected):
        assert has_valid_precision(Decimal(amount), currency) is expected


class TestFormatAmount:
    @pytest.mark.parametrize(
        ("amount", "currency", "shown"),
        [
            ("100.0000", "JPY", "100"),
            ("1E+3", "JPY", "1000"),
            ("12.5", "USD", "12.50"),
            ("0", "KWD", "0.000"),
            ("9999999999.9999", "CLF", "9999999999.9999"),
            ("12.5000", "ZZZ", "12.50"),
        ],
    )
    def test_shows_exactly_the_decimals_of_the_currency(self, amount, currency, shown):
        assert format_amount(Decimal(amount), currency) == shown

    def test_keeps_further_decimals_of_a_stored_amount(self):
        assert format_amount(Decimal("100.5000"), "JPY") == "100.5"
