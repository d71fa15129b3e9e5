"""Fields of a price and its currency, which are validated together."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import Direction
from rest_framework import serializers

from core.api.fields.strict import OpenApiFieldMixin, Schema, StrictDecimalField, stored_value
from core.values.currencies import (
    DECIMALS,
    DEFAULT_CURRENCY,
    MAX_DECIMALS,
    MAX_DIGITS,
    format_amount,
    has_valid_precision,
    precision_error,
)


class CurrencyField(OpenApiFieldMixin):
    """An ISO 4217 code in use, or the code that the row has already, in use or not."""

    default_error_messages = {
        "unknown": "Must be the ISO 4217 code of a currency in use, in capital letters.",
    }

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in {*DECIMALS, stored_value(self)}:
            self.fail("unknown")
        return data

    def to_representation(self, currency: str) -> str:
        return currency

    def openapi_schema(self, direction: Direction) -> Schema:
        if direction == "response":
            return {"type": "string", "pattern": "^[A-Z]{3}$"}
        return {"type": "string", "enum": list(DECIMALS)}


class PriceField(StrictDecimalField):
    """A decimal, represented with exactly the decimals of the row's currency."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=MAX_DIGITS, decimal_places=MAX_DECIMALS, min_value=0, **kwargs)

    def get_attribute(self, row: Any) -> Any:
        return row

    def to_representation(self, row: Any) -> str:
        return format_amount(row.price, row.currency)


class PriceMixin(serializers.Serializer):
    """Validates a price against the currency that the row has, or gets in this request."""

    def validate_price(self, price: Decimal) -> Decimal:
        row = self.instance
        currency = self.initial_data.get("currency", row.currency if row else DEFAULT_CURRENCY)
        if isinstance(currency, str):
            self.require_fit(price, currency)
        return price

    def validate_currency(self, currency: str) -> str:
        if self.instance and "price" not in self.initial_data:
            self.require_fit(self.instance.price, currency)
        return currency

    def require_fit(self, price: Decimal, currency: str) -> None:
        row = self.instance
        is_unchanged = row and (price, currency) == (row.price, row.currency)
        if not is_unchanged and not has_valid_precision(price, currency):
            raise serializers.ValidationError(precision_error(currency), "max_decimal_places")
