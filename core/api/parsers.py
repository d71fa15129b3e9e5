"""Parsers for request bodies: JSON, forms and images. Ambiguous bodies are rejected."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any, Self

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.base import File
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_header_parameters
from rest_framework.parsers import BaseParser, DataAndFiles, JSONParser
from rest_framework.request import Request

from core.api.errors.api_errors import MalformedBody, MalformedForm
from core.api.multipart import Part, parse_parts
from core.errors import PayloadTooLarge
from core.http.wsgi import body_too_large_detail, content_length, max_body
from core.storage.uploads import UploadedImage

MAX_JSON_DEPTH = 32


class StrictJSONParser(JSONParser):
    """Parses JSON (RFC 8259) that every implementation reads alike; see `parse_strict_json`."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return parse_strict_json(stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))


def parse_strict_json(content: bytes) -> Any:
    """Return the value of a JSON text in UTF-8.

    Raises `MalformedBody`, also for what Python accepts beyond RFC 8259 or what readers
    interpret differently: repeated names, NaN and Infinity, numbers that overflow a double,
    unpaired surrogates, and more than `MAX_JSON_DEPTH` levels. Raises `RequestDataTooBig`.
    """
    if len(content) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise RequestDataTooBig
    try:
        value = json.loads(
            content.decode(),
            object_pairs_hook=reject_duplicates,
            parse_constant=reject_constant,
            parse_float=parse_finite,
        )
    except RecursionError as error:
        raise MalformedBody("The JSON is nested too deeply.") from error
    except ValueError as error:
        raise MalformedBody(f"The JSON is malformed: {error}") from error
    reject_deep_or_invalid(value)
    return value


def reject_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object of these members. Raise `ValueError` for a repeated name."""
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name is repeated")
    return members


def reject_constant(name: str) -> None:
    """Raise `ValueError` for NaN and Infinity, which Python's parser accepts."""
    raise ValueError(f"{name} is not allowed")


def parse_finite(text: str) -> float:
    """Return the number. Raise `ValueError` if it overflows a double."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is out of range")
    return number


def reject_deep_or_invalid(value: Any, depth: int = 1) -> None:
    """Raise `MalformedBody` for nesting beyond `MAX_JSON_DEPTH` or an unpaired surrogate."""
    if depth > MAX_JSON_DEPTH:
        raise MalformedBody(f"The JSON has more than {MAX_JSON_DEPTH} levels of nesting.")
    match value:
        case str() if any("\ud800" <= char <= "\udfff" for char in value):
            raise MalformedBody("The JSON has a string with an unpaired surrogate.")
        case list():
            for item in value:
                reject_deep_or_invalid(item, depth + 1)
        case dict():
            for name, member in value.items():
                reject_deep_or_invalid(name, depth)
                reject_deep_or_invalid(member, depth + 1)


class FormData(dict[str, Any]):
    """The strings and files of a form by name. DRF copies it, and adds the files to the copy."""

    def copy(self) -> Self:
        return type(self)(self)

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Update, from a `MultiValueDict` with the value instead of the list of values."""
        mappings = (arg.dict() if isinstance(arg, MultiValueDict) else arg for arg in args)
        super().update(*mappings, **kwargs)


class FlatMultiPartParser(BaseParser):
    """Parses multipart forms (RFC 7578) to single values; a field that is not sent is absent.

    DRF's parser returns a `QueryDict`, in which serializers read an absent boolean as false.
    Parts are kept in memory. Files are closed with the response: DRF passes them to Django.
    Raises `MalformedForm`, `PayloadTooLarge` and `RequestDataTooBig`.
    """

    media_type = "multipart/form-data"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> DataAndFiles:
        if declared_length(parser_context) > max_body():
            raise PayloadTooLarge(body_too_large_detail(), limit=max_body())
        try:
            _, parameters = parse_header_parameters(media_type or "")
        except ValueError as error:
            raise MalformedForm("The Content-Type is malformed.") from error
        parts = parse_parts(stream.read(), parameters.get("boundary", ""))
        if len({part.name for part in parts}) < len(parts):
            raise MalformedForm("Two parts have the same name.")
        return form_from_parts([part for part in parts if not part.is_empty_file_input])


def form_from_parts(parts: list[Part]) -> DataAndFiles:
    """Return the strings and the files. Raise `RequestDataTooBig` for the strings."""
    strings = [part for part in parts if not part.is_file]
    size = sum(len(part.name) + len(part.content) for part in strings)
    if size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise RequestDataTooBig
    files = MultiValueDict(
        {
            part.name: [UploadedImage("upload", part.content, part.content_type)]
            for part in parts
            if part.is_file
        }
    )
    return DataAndFiles(FormData((part.name, part.text) for part in strings), files)


class RawImageParser(BaseParser):
    """Parses a body that is an image to a file, which becomes `request.data`.

    Raises `PayloadTooLarge` by the Content-Length; a longer body is cut one byte after the limit,
    and rejected when the image is validated.
    """

    media_type = "image/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        size = declared_length(parser_context)
        if size > settings.IMAGE_MAX_BYTES:
            raise PayloadTooLarge.image(size, settings.IMAGE_MAX_BYTES)
        return UploadedImage("body", stream.read(settings.IMAGE_MAX_BYTES + 1))


def raw_image(request: Request) -> File:
    """Return the image that is the body, for the caller to close.

    An empty body is an empty file: DRF does not call a parser for it.
    """
    return request.data if isinstance(request.data, File) else UploadedImage("body", b"")


def declared_length(parser_context: Mapping[str, Any] | None) -> int:
    """Return the Content-Length of the request in bytes, 0 without one."""
    return content_length(parser_context["request"].META) if parser_context else 0
