from decimal import Decimal
from typing import Any

import pytest
from rest_framework import serializers

from core.api.fields.strict import (
    StrictBooleanField,
    StrictCharField,
    StrictDecimalField,
    StrictIntegerField,
)

INTEGER = StrictIntegerField(min_value=0, max_value=9)
DECIMAL = StrictDecimalField(max_digits=6, decimal_places=2)


def error_code(field: serializers.Field, data: Any) -> str:
    with pytest.raises(serializers.ValidationError) as caught:
        field.run_validation(data)
    return caught.value.get_codes()[0]


class TestStrictCharField:
    def test_strips_invisible_characters(self):
        assert StrictCharField(max_length=9).run_validation(" \u200bMug ") == "Mug"

    @pytest.mark.parametrize("data", [1, True, ["Mug"], {"a": 1}])
    def test_rejects_other_types(self, data):
        assert error_code(StrictCharField(max_length=9), data) == "invalid"

    def test_rejects_an_empty_string_unless_it_is_allowed(self):
        assert error_code(StrictCharField(max_length=9), " ") == "blank"
        assert StrictCharField(max_length=9, allow_blank=True).run_validation(" ") == ""

    def test_has_a_pattern_in_requests_alone(self):
        field = StrictCharField(max_length=9)

        assert field.openapi_schema("request").keys() == {"type", "pattern", "maxLength"}
        assert field.openapi_schema("response") == {"type": "string"}


class TestStrictIntegerField:
    @pytest.mark.parametrize("data", ["1", True, 1.5, [1]])
    def test_rejects_other_types(self, data):
        assert error_code(INTEGER, data) == "invalid"

    def test_has_its_limits_in_the_schema(self):
        assert INTEGER.openapi_schema("request") == {"type": "integer", "minimum": 0, "maximum": 9}


class TestStrictBooleanField:
    @pytest.mark.parametrize("data", ["true", 1, "on"])
    def test_rejects_other_types(self, data):
        assert error_code(StrictBooleanField(), data) == "invalid"


class TestStrictDecimalField:
    @pytest.mark.parametrize(
        ("data", "value"),
        [("12.50", "12.5"), ("-0", "0"), (0.1 + 0.2, "0.3"), (7, "7"), ("1.5000", "1.5")],
    )
    def test_returns_the_exact_value(self, data, value):
        assert DECIMAL.run_validation(data) == Decimal(value)

    @pytest.mark.parametrize("data", ["1e3", "1,5", " 1", "NaN", True, "٣", ".5"])
    def test_rejects_other_notations(self, data):
        assert error_code(DECIMAL, data) == "invalid"

    def test_is_a_string_or_a_number_in_requests(self):
        string, number = DECIMAL.openapi_schema("request")["oneOf"]

        assert string["pattern"] == r"^[0-9]{1,4}(?:\.[0-9]{1,2}0*)?$"
        assert (number["maximum"], number["multipleOf"]) == (9999.99, 0.01)
