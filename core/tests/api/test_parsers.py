import json
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from core.api.errors.api_errors import MalformedBody, MalformedForm
from core.api.parsers import (
    MAX_JSON_DEPTH,
    FlatMultiPartParser,
    FormData,
    RawImageParser,
    StrictJSONParser,
    parse_strict_json,
)
from core.errors import PayloadTooLarge
from tests.support.images import png, upload


def parse(parser: BaseParser, content: bytes, content_type: str) -> Any:
    request = APIRequestFactory().generic("POST", "/", content, content_type)
    return Request(request, parsers=[parser]).data


def form(**values: Any) -> Any:
    request = APIRequestFactory().post("/", values, format="multipart")
    return Request(request, parsers=[FlatMultiPartParser()]).data


class TestStrictJSONParser:
    def test_returns_the_value_of_json(self):
        assert parse(StrictJSONParser(), b'{"name": "Mug"}', "application/json") == {"name": "Mug"}

    def test_rejects_a_body_that_is_too_large(self, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 20

        with pytest.raises(RequestDataTooBig):
            parse(StrictJSONParser(), b'"%s"' % (b"x" * 19), "application/json")

    def test_accepts_a_body_of_the_maximum_size(self, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 20

        assert parse(StrictJSONParser(), b'"%s"' % (b"x" * 18), "application/json") == "x" * 18


class TestParseStrictJson:
    @pytest.mark.parametrize(
        "value", [{"a": [1, 2.5, True, None, "é"]}, [], "text", 0, None, {"a": {"b": {"c": 1}}}]
    )
    def test_returns_the_value_of_valid_json(self, value):
        assert parse_strict_json(json.dumps(value).encode()) == value

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b"{'name': 'Mug'}",
            b'{"name": "Mug",}',
            b"NaN",
            b"[Infinity]",
            b'{"price": -Infinity}',
            b"[1e400]",
            b"9" * 5_000,
            b'{"name": "a", "name": "b"}',
            b'[{"in": {"a": 1, "a": 1}}]',
            b'{"name": "\xff"}',
            b"\xef\xbb\xbf{}",
            '{"name": "Mug"}'.encode("utf-16"),
            rb'{"name": "\ud800"}',
            rb'{"\udfff": 1}',
            rb'[["\ud800"]]',
            b"\0",
        ],
    )
    def test_rejects_malformed_and_ambiguous_json(self, content):
        with pytest.raises(MalformedBody):
            parse_strict_json(content)

    def test_accepts_a_surrogate_pair(self):
        assert parse_strict_json(rb'"\ud83d\ude00"') == "\U0001f600"

    @pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
    @pytest.mark.parametrize("depth", [1_000, 100_000])
    def test_rejects_nesting_beyond_the_recursion_limit(self, opening, depth):
        with pytest.raises(MalformedBody):
            parse_strict_json(opening * depth)

    @pytest.mark.parametrize("content", [b"[" * 40 + b"]" * 40, b'{"a":' * 40 + b"1" + b"}" * 40])
    def test_rejects_nesting_beyond_the_maximum_depth(self, content):
        with pytest.raises(MalformedBody, match=str(MAX_JSON_DEPTH)):
            parse_strict_json(content)

    def test_accepts_nesting_up_to_the_maximum_depth(self):
        assert parse_strict_json(b"[" * MAX_JSON_DEPTH + b"]" * MAX_JSON_DEPTH)

    def test_reports_the_position_of_a_syntax_error(self):
        with pytest.raises(MalformedBody, match="line 1 column 10"):
            parse_strict_json(b'{"name": Mug}')


class TestFlatMultiPartParser:
    def test_returns_strings_and_files_in_one_mapping(self):
        data = form(name="Mug", image=upload(png()))

        assert (data["name"], data["image"].read()) == ("Mug", png())

    def test_returns_form_data(self):
        assert isinstance(form(name="Mug"), FormData)

    def test_omits_fields_that_were_not_sent(self):
        assert set(form(name="Mug")) == {"name"}

    def test_rejects_a_repeated_name(self):
        with pytest.raises(MalformedForm):
            form(name=["Mug", "Cup"])

    def test_rejects_a_file_with_the_name_of_a_string(self):
        with pytest.raises(MalformedForm):
            form(image=["text", upload(png())])

    def test_rejects_a_form_without_a_boundary(self):
        with pytest.raises(MalformedForm):
            parse(FlatMultiPartParser(), b"--x\r\n", "multipart/form-data")

    def test_rejects_a_body_by_its_content_length(self, settings):
        settings.IMAGE_MAX_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 300, 300

        with pytest.raises(PayloadTooLarge) as caught:
            form(image=SimpleUploadedFile("photo.png", b"x" * 1_000))

        assert caught.value.extensions == {"limit": 600}

    def test_rejects_strings_that_are_too_large(self, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 300

        with pytest.raises(RequestDataTooBig):
            form(name="x" * 1_000)


class TestRawImageParser:
    @pytest.mark.parametrize("content_type", ["image/png", "image/webp", "image/anything"])
    def test_returns_the_body_as_a_file(self, content_type):
        assert parse(RawImageParser(), png(), content_type).read() == png()

    def test_refuses_a_picture_that_is_too_large_by_its_length(self, settings):
        settings.IMAGE_MAX_BYTES = 100

        with pytest.raises(PayloadTooLarge, match="has 5,000 bytes; at most 100 are accepted"):
            parse(RawImageParser(), b"x" * 5_000, "image/png")
