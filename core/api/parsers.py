"""Bodies, read strictly."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.base import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_header_parameters
from rest_framework.parsers import BaseParser, DataAndFiles, JSONParser
from rest_framework.request import Request

from core.api.multipart import Part, read_parts
from core.errors import MalformedBody, MalformedForm, PayloadTooLarge
from core.http.wsgi import body_limit, content_length, max_body

MAX_DEPTH = 32


class StrictJSONParser(JSONParser):
    """JSON that any other reader would understand in the same way."""

    def parse(
        self, stream: IO, media_type: str | None = None, parser_context: Mapping | None = None
    ) -> Any:
        return strict_json(stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))


def strict_json(content: bytes) -> Any:
    """Return what the JSON holds, and reject what Python would accept beyond JSON.

    Raises `MalformedBody` for duplicate keys, NaN, deep nesting and lone surrogates too, and
    `RequestDataTooBig`.
    """
    if len(content) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise RequestDataTooBig
    try:
        data = json.loads(
            content.decode(),
            object_pairs_hook=unique_keys,
            parse_constant=refuse_constant,
            parse_float=finite,
        )
    except RecursionError as error:
        raise MalformedBody("The JSON is nested too deeply.") from error
    except ValueError as error:
        raise MalformedBody(f"The JSON cannot be read: {error}") from error
    check(data)
    return data


class Form(dict):
    """A form: strings and files by name. It is one mapping for DRF, which adds the files."""

    def copy(self) -> "Form":
        return Form(self)

    def update(self, files: MultiValueDict) -> None:
        super().update(files.dict())


class FlatMultiPartParser(BaseParser):
    """Forms as a plain mapping of single values, so that a field left out is absent, not false.

    They are read into memory: the largest file is small, and none is left behind. DRF hands the
    files to Django, which closes them with the response.
    """

    media_type = "multipart/form-data"

    def parse(
        self, stream: IO, media_type: str | None = None, parser_context: Mapping | None = None
    ) -> DataAndFiles:
        if content_length(parser_context["request"].META) > max_body():
            raise PayloadTooLarge(body_limit(), limit=max_body())
        try:
            _, parameters = parse_header_parameters(media_type)
        except ValueError as error:
            raise MalformedForm("The Content-Type cannot be read.") from error
        parts = read_parts(stream.read(), parameters.get("boundary", ""))
        if len({part.name for part in parts}) < len(parts):
            raise MalformedForm("Two parts have the same name.")
        return form_of([part for part in parts if not part.is_untouched])


def form_of(parts: list[Part]) -> DataAndFiles:
    """Return the strings and the files of a form. Raise `RequestDataTooBig` for the strings."""
    texts = [part for part in parts if not part.is_file]
    size = sum(len(part.name) + len(part.content) for part in texts)
    if size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise RequestDataTooBig
    files = MultiValueDict(
        {
            part.name: [SimpleUploadedFile("upload", part.content, part.content_type)]
            for part in parts
            if part.is_file
        }
    )
    return DataAndFiles(Form((part.name, part.text) for part in texts), files)


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
        raise MalformedBody(f"The JSON is nested more than {MAX_DEPTH} deep.")
    match value:
        case str() if any("\ud800" <= char <= "\udfff" for char in value):
            raise MalformedBody("The JSON has half a surrogate pair in a text.")
        case list():
            for item in value:
                check(item, depth + 1)
        case dict():
            for key, item in value.items():
                check(key, depth)
                check(item, depth + 1)


def picture_of(request: Request) -> File:
    """Return the image that is the whole body, to be closed; DRF reads an empty one as a form."""
    return request.data or SimpleUploadedFile("body", b"")


class PictureParser(BaseParser):
    """The bytes of a picture as the whole body."""

    media_type = "image/*"

    def parse(
        self, stream: IO, media_type: str | None = None, parser_context: Mapping | None = None
    ) -> File:
        size = content_length(parser_context["request"].META)
        if size > settings.IMAGE_MAX_BYTES:
            raise PayloadTooLarge.image(size, settings.IMAGE_MAX_BYTES)
        return SimpleUploadedFile("body", stream.read(settings.IMAGE_MAX_BYTES + 1))
