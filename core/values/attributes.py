"""Attributes of a product: an object of strings, numbers and booleans."""

import json
from typing import Any

from core.values.text import InvalidText, clean_text

MAX_ATTRIBUTES = 50
MAX_KEY_LENGTH = 255
MAX_ATTRIBUTE_LENGTH = 1000
MAX_TOTAL_LENGTH = 2**16  # characters of all of them as JSON
MAX_EXACT_NUMBER = 2**53  # beyond, a reader that uses floats sees another number

Attributes = dict[str, str | int | float | bool]


def clean_attributes(data: Any) -> Attributes:
    """Return the attributes in the form in which they are stored. Raises `InvalidText`."""
    if not isinstance(data, dict):
        raise InvalidText("not_an_object", "Must be an object of texts, numbers and booleans.")
    if len(data) > MAX_ATTRIBUTES:
        raise InvalidText("max_keys", f"At most {MAX_ATTRIBUTES} attributes are allowed.")
    attributes = {clean_key(key): clean_value(key, value) for key, value in data.items()}
    if len(attributes) < len(data):
        raise InvalidText("duplicate_key", "Two names are the same text.")
    if len(json.dumps(attributes, ensure_ascii=False)) > MAX_TOTAL_LENGTH:
        detail = f"At most {MAX_TOTAL_LENGTH} characters of JSON are allowed."
        raise InvalidText("max_length", detail)
    return attributes


def clean_key(key: str) -> str:
    try:
        cleaned = clean_text(key, max_length=MAX_KEY_LENGTH)
    except InvalidText as error:
        raise InvalidText("bad_key", f"The name {key[:50]!r}: {error}") from error
    if not cleaned:
        raise InvalidText("bad_key", f"The name {key[:50]!r} is blank.")
    return cleaned


def clean_value(key: str, value: Any) -> str | int | float | bool:
    match value:
        case str():
            try:
                return clean_text(value, max_length=MAX_ATTRIBUTE_LENGTH)
            except InvalidText as error:
                raise InvalidText("bad_value", f"The value of {key[:50]!r}: {error}") from error
        case bool():
            return value
        case int() | float() if abs(value) <= MAX_EXACT_NUMBER:  # which no NaN is
            return value
    detail = f"The value of {key[:50]!r} must be a text, a boolean, or a number up to 2^53."
    raise InvalidText("bad_value", detail)


def is_attribute_key(key: str) -> bool:
    try:
        return bool(clean_key(key))
    except InvalidText:
        return False


def is_same_json(attributes: Any, others: Any) -> bool:
    """Return whether two values are the same JSON: true is not 1, and 1 is not 1.0."""
    return json.dumps(attributes, sort_keys=True) == json.dumps(others, sort_keys=True)
