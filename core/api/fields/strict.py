"""Fields that take JSON's own types, not what merely looks like them, and say so in the schema."""

import re
from typing import Any

from rest_framework import serializers

from core.api.parsers import Form
from core.values.text import (
    LINE_PATTERN,
    TEXT_PATTERN,
    VISIBLE_LINE_PATTERN,
    InvalidText,
    clean_text,
)

AMOUNT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")

Schema = dict[str, Any]


class Described:
    """A field that says itself what it looks like, in a request and in an answer."""

    def described(self, is_request: bool) -> Schema:
        raise NotImplementedError

    @property
    def is_in_form(self) -> bool:
        """Tell whether the value comes from a form, where everything is text."""
        return isinstance(getattr(self.root, "initial_data", None), Form)


class TextField(Described, serializers.CharField):
    """A line of text, in the form that `core.values.text` describes."""

    is_multiline = False

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            text = clean_text(data, max_length=self.max_length, is_multiline=self.is_multiline)
        except InvalidText as error:
            raise serializers.ValidationError(str(error), error.code) from error
        if not text and not self.allow_blank:
            self.fail("blank")
        return text

    def described(self, is_request: bool) -> Schema:
        if not is_request:
            return {"type": "string"}
        return {"type": "string", "pattern": self.pattern, "maxLength": self.max_length}

    @property
    def pattern(self) -> str:
        if self.is_multiline:
            return TEXT_PATTERN
        return LINE_PATTERN if self.allow_blank else VISIBLE_LINE_PATTERN


class MultilineTextField(TextField):
    """Text that may have line breaks and tabs."""

    is_multiline = True


class NumberField(Described, serializers.IntegerField):
    """A whole number."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and not (self.is_in_form and data.isascii() and data.isdigit()):
            self.fail("invalid")
        return super().to_internal_value(data)

    def described(self, is_request: bool) -> Schema:
        limits = {"minimum": self.min_value, "maximum": self.max_value}
        return {"type": "integer"} | {
            name: value for name, value in limits.items() if value is not None
        }


class FlagField(Described, serializers.BooleanField):
    """True or false."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool) and not self.is_in_form:
            self.fail("invalid", input=data)
        return super().to_internal_value(data)

    def described(self, is_request: bool) -> Schema:
        return {"type": "boolean"}


class AmountField(Described, serializers.DecimalField):
    """An exact decimal: a text in an answer, a text or a number in a request."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, float):
            # A client's 0.1 + 0.2 means 0.3: a float has no more than 15 digits that mean anything.
            data = f"{data:.15g}"
        elif isinstance(data, int) and not isinstance(data, bool):
            data = str(data)
        if not isinstance(data, str) or not AMOUNT.fullmatch(data):
            self.fail("invalid")
        if "." in data:
            data = data.rstrip("0").rstrip(".")
        return super().to_internal_value(data) + 0  # which makes -0 a 0

    def described(self, is_request: bool) -> Schema:
        whole, places = self.max_digits - self.decimal_places, self.decimal_places
        text = {"type": "string", "format": "decimal"}
        if not is_request:
            return text | {"pattern": rf"^[0-9]{{1,{whole}}}(?:\.[0-9]{{1,{places}}})?$"}
        step = 10**-places
        return {
            "oneOf": [
                text | {"pattern": rf"^[0-9]{{1,{whole}}}(?:\.[0-9]{{1,{places}}}0*)?$"},
                {
                    "type": "number",
                    "minimum": 0,
                    "maximum": float(10**whole - step),
                    "multipleOf": step,
                },
            ]
        }
