"""Serializer fields without type coercion (`"1"` is no integer), with their OpenAPI schemas."""

import re
from typing import Any

from drf_spectacular.utils import Direction
from rest_framework import serializers

from core.api.parsers import FormData
from core.values.text import (
    LINE_PATTERN,
    NON_BLANK_LINE_PATTERN,
    TEXT_PATTERN,
    InvalidText,
    clean_text,
)

DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")

Schema = dict[str, Any]


class OpenApiFieldMixin(serializers.Field):
    """A field that supplies its own OpenAPI schema."""

    def openapi_schema(self, direction: Direction) -> Schema:
        """Return the schema in a request or in a response, without what every field has.

        drf-spectacular adds the description, the default, null, and whether it is read-only.
        """
        raise NotImplementedError


def is_in_form(field: serializers.Field) -> bool:
    """Return whether the input is a form, in which every value is a string."""
    return isinstance(getattr(field.root, "initial_data", None), FormData)


def stored_value(field: serializers.Field) -> Any:
    """Return the value that the row has before an update; None on create."""
    return getattr(field.root.instance, field.source or "", None)


class StrictCharField(OpenApiFieldMixin, serializers.CharField):
    """A line of text, normalized by `core.values.text.clean_text`."""

    max_length: int
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

    def openapi_schema(self, direction: Direction) -> Schema:
        if direction == "response":
            return {"type": "string"}
        return {"type": "string", "pattern": self.pattern, "maxLength": self.max_length}

    @property
    def pattern(self) -> str:
        if self.is_multiline:
            return TEXT_PATTERN
        return LINE_PATTERN if self.allow_blank else NON_BLANK_LINE_PATTERN


class MultilineCharField(StrictCharField):
    """Text with line breaks and tabs."""

    is_multiline = True


class StrictIntegerField(OpenApiFieldMixin, serializers.IntegerField):
    """A JSON integer; in a form, a string of digits."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and not (is_in_form(self) and data.isascii() and data.isdigit()):
            self.fail("invalid")
        return super().to_internal_value(data)

    def openapi_schema(self, direction: Direction) -> Schema:
        limits = {"minimum": self.min_value, "maximum": self.max_value}
        return {"type": "integer"} | {
            name: value for name, value in limits.items() if value is not None
        }


class StrictBooleanField(OpenApiFieldMixin, serializers.BooleanField):
    """A JSON boolean; in a form, any string that DRF reads as one."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool) and not is_in_form(self):
            self.fail("invalid", input=data)
        return super().to_internal_value(data)

    def openapi_schema(self, direction: Direction) -> Schema:
        return {"type": "boolean"}


class StrictDecimalField(OpenApiFieldMixin, serializers.DecimalField):
    """An exact decimal: a string in a response, a string or a number in a request."""

    max_digits: int
    decimal_places: int

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, float):
            # A client's 0.1 + 0.2 means 0.3: a float has no more than 15 digits that mean anything.
            data = f"{data:.15g}"
        elif isinstance(data, int) and not isinstance(data, bool):
            data = str(data)
        if not isinstance(data, str) or not DECIMAL.fullmatch(data):
            self.fail("invalid")
        if "." in data:
            data = data.rstrip("0").rstrip(".")
        return super().to_internal_value(data) + 0  # which makes -0 a 0

    def openapi_schema(self, direction: Direction) -> Schema:
        whole, places = self.max_digits - self.decimal_places, self.decimal_places
        string = {"type": "string", "format": "decimal"}
        if direction == "response":
            return string | {"pattern": rf"^[0-9]{{1,{whole}}}(?:\.[0-9]{{1,{places}}})?$"}
        step = 10**-places
        return {
            "oneOf": [
                string | {"pattern": rf"^[0-9]{{1,{whole}}}(?:\.[0-9]{{1,{places}}}0*)?$"},
                {
                    "type": "number",
                    "minimum": 0,
                    "maximum": float(10**whole - step),
                    "multipleOf": step,
                },
            ]
        }
