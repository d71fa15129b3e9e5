"""Bodies, read strictly."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.base import ContentFile, File
from rest_framework.parsers import BaseParser, DataAndFiles, JSONParser, MultiPartParser
from rest_framework.request import Request

from core.errors import NotUnderstood, TooLarge

MAX_DEPTH = 32


class StrictJSONParser(JSONParser):
    """JSON that any other reader would understand in the same way."""

    def parse(
        self, stream: IO, media_type: str | None = None, parser_context: Mapping | None = None
    ) -> Any:
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        return strict_json(body)


def strict_json(content: bytes) -> Any:
    """Read JSON, and refuse what Python lets pass.

    Raises `NotUnderstood` for duplicate keys, NaN, deep nesting and lone surrogates too.
    """
    try:
        data = json.loads(
            content.decode(),
            object_pairs_hook=unique_keys,
            parse_constant=refuse_constant,
            parse_float=finite,
        )
    except RecursionError as error:
        raise NotUnderstood("The JSON is nested too deeply.") from error
    except ValueError as error:
        raise NotUnderstood(f"The JSON cannot be read: {error}") from error
    check(data)
    return data


class Form(dict):
    """What came as a form: its values are texts and files, whatever they mean."""


class PlainMultiPartParser(MultiPartParser):
    """Forms as a plain mapping of single values, so that a field left out is absent, not false."""

    def parse(
        self, stream: IO, media_type: str | None = None, parser_context: Mapping | None = None
    ) -> DataAndFiles:
        limit = settings.IMAGE_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if int(parser_context["request"].META.get("CONTENT_LENGTH") or 0) > limit:
            raise TooLarge("The body is too large.", limit=limit)
        form = super().parse(stream, media_type, parser_context)
        pairs = [(name, value) for part in (form.data, form.files) for name, value in items(part)]
        try:
            return DataAndFiles(Form(unique_keys(pairs)), {})
        except ValueError as error:
            raise NotUnderstood(f"The form cannot be read: {error}") from error


def items(part: Any) -> list[tuple[str, Any]]:
    return [(name, value) for name, values in part.lists() for value in values]


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict(pairs)
    if len(keys) < len(pairs):
        raise ValueError("a name is given twice")
    return keys


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is out of range")
    return number


def check(value: Any, depth: int = 1) -> None:
    """Refuse depth that nobody needs, and texts that are not Unicode."""
    if depth > MAX_DEPTH:
        raise NotUnderstood(f"The JSON is nested more than {MAX_DEPTH} deep.")
    match value:
        case str() if any("\ud800" <= char <= "\udfff" for char in value):
            raise NotUnderstood("The JSON has half a surrogate pair in a text.")
        case list():
            for item in value:
                check(item, depth + 1)
        case dict():
            for key, item in value.items():
                check(key, depth)
                check(item, depth + 1)


def picture_of(request: Request) -> File:
    """Give the picture that is the whole body; DRF takes an empty body for an empty form."""
    return request.data or ContentFile(b"", name="body")


class PictureParser(BaseParser):
    """The bytes of a picture as the whole body."""

    media_type = "image/*"

    def parse(
        self, stream: IO, media_type: str | None = None, parser_context: Mapping | None = None
    ) -> File:
        content = stream.read(settings.IMAGE_MAX_BYTES + 1)
        return ContentFile(content, name="body")
