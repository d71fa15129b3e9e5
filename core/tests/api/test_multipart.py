from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.api.errors.api_errors import MalformedForm
from core.api.multipart import MAX_PARTS, Part, parse_parts

DISPOSITION = 'Content-Disposition: form-data; name="{}"'
FORM = (
    b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nMug\r\n'
    b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n'
    b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\r\n--b--\r\n"
)


def form(*parts: bytes | str, boundary: str = "b") -> bytes:
    """Return the body of a form with these parts."""
    delimiter = f"--{boundary}".encode()
    contents = (part if isinstance(part, bytes) else part.encode() for part in parts)
    return b"".join(b"%s\r\n%s\r\n" % (delimiter, part) for part in contents) + delimiter + b"--"


def part(headers: str = DISPOSITION.format("name"), content: str = "Mug") -> str:
    return f"{headers}\r\n\r\n{content}"


def read(*parts: bytes | str) -> Part:
    return parse_parts(form(*parts), "b")[0]


class TestParseParts:
    def test_returns_strings_and_files(self):
        text, file = parse_parts(FORM, "b")

        assert (text.name, text.text, text.is_file) == ("name", "Mug", False)
        assert (file.name, file.filename, file.content_type) == ("image", "a.png", "image/png")
        assert file.content == b"\x89PNG\r\n\x1a\n"

    @given(st.lists(st.binary(max_size=40), min_size=1, max_size=4), st.sampled_from("b- '\""))
    def test_returns_any_bytes_as_they_were_sent(self, contents: list[bytes], tail: str):
        boundary = f"boundary{tail}x"
        header_blocks = [DISPOSITION.format(number).encode() for number in range(len(contents))]
        pairs = zip(header_blocks, contents, strict=True)
        body = form(*(b"%s\r\n\r\n%s" % pair for pair in pairs), boundary=boundary)

        assert [part.content for part in parse_parts(body, boundary)] == contents

    @pytest.mark.parametrize("length", range(len(FORM) - 2))
    def test_rejects_a_form_truncated_anywhere(self, length: int):
        with pytest.raises(MalformedForm):
            parse_parts(FORM[:length], "b")

    @given(st.integers(0, len(FORM) - 2), st.binary(min_size=1, max_size=3))
    def test_raises_nothing_but_malformed_form(self, position: int, noise: bytes):
        with suppress(MalformedForm):
            parse_parts(FORM[:position] + noise + FORM[position:], "b")

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"\r\n",
            b"--b--",
            b"--b--\r\n",
            b"preamble\r\n" + FORM,
            FORM + b"epilogue",
            FORM + FORM,
            FORM.replace(b"--b", b"--other"),
            FORM.replace(b"\r\n", b"\n"),
            b"name=Mug&price=1",
            b'{"name": "Mug"}',
            b"--b\r\n--b--",
            b"--bb\r\n" + FORM[5:],
        ],
    )
    def test_rejects_a_body_that_is_no_form_with_this_boundary(self, body: bytes):
        with pytest.raises(MalformedForm):
            parse_parts(body, "b")

    @pytest.mark.parametrize("boundary", ["", " ", "x" * 202, "\xe4", "a\r\nb"])
    def test_rejects_an_invalid_boundary(self, boundary: str):
        with pytest.raises(MalformedForm):
            parse_parts(FORM, boundary)

    @pytest.mark.parametrize("body", [b"\r\n" + FORM, FORM.rstrip(), FORM + b"\r\n"])
    def test_accepts_line_breaks_around_the_form(self, body: bytes):
        assert len(parse_parts(body, "b")) == 2

    def test_rejects_too_many_parts(self):
        with pytest.raises(MalformedForm):
            parse_parts(form(*[part()] * (MAX_PARTS + 1)), "b")

    @pytest.mark.parametrize(
        "headers",
        [
            "Content-Type: text/plain",
            "Content-Disposition: form-data",
            'Content-Disposition: attachment; name="name"',
            'Content-Disposition: form-data; name="a"; name="b"',
            'Content-Disposition: form-data; name="a',
            'Content-Disposition: form-data; name="a" b',
            DISPOSITION.format("a") + "\r\n" + DISPOSITION.format("b"),
            DISPOSITION.format("a") + "\r\n folded",
            DISPOSITION.format("a") + "\r\nno header",
            DISPOSITION.format("a") + "\r\nContent-Transfer-Encoding: base64",
            DISPOSITION.format("a") + "\r\nContent-Transfer-Encoding: quoted-printable",
            DISPOSITION.format("a") + "\r\nContent-Type: text/plain; charset=utf-16",
            DISPOSITION.format("a") + "\r\nContent-Type: multipart/mixed; boundary=c",
            DISPOSITION.format("a") + "\r\nX-Long: " + "x" * 9000,
        ],
    )
    def test_rejects_a_part_with_invalid_headers(self, headers: str):
        with pytest.raises(MalformedForm):
            read(part(headers))

    @pytest.mark.parametrize(
        "headers",
        [
            DISPOSITION.format("name").lower(),
            "CONTENT-DISPOSITION:form-data;name=name",
            DISPOSITION.format("name") + "\r\nContent-Type: text/plain; charset=UTF-8",
            DISPOSITION.format("name") + "\r\nContent-Type: text/plain;",
            DISPOSITION.format("name")
            + '\r\nContent-Type: text/plain; charset="ISO-8859-1"'
            + "\r\nContent-Transfer-Encoding: 8bit",
            DISPOSITION.format("name") + "\r\nContent-Transfer-Encoding: 8bit",
            DISPOSITION.format("name") + "\r\nContent-Length: 3",
        ],
    )
    def test_accepts_the_headers_that_clients_send(self, headers: str):
        assert (read(part(headers)).name, read(part(headers)).text) == ("name", "Mug")

    @pytest.mark.parametrize("charset", ["ISO-8859-1", "latin1", "windows-1252", "utf-16"])
    def test_rejects_non_ascii_strings_in_other_charsets(self, charset: str):
        headers = DISPOSITION.format("name") + f"\r\nContent-Type: text/plain; charset={charset}"

        with pytest.raises(MalformedForm):
            read(part(headers, "M\xfcller"))

    @pytest.mark.parametrize(
        ("quoted", "expected"),
        [
            ('"a.png"', "a.png"),
            ('"a;b.png"', "a;b.png"),
            (r'"C:\Photos\a.png"', r"C:\Photos\a.png"),
            (r'"say \"cheese\".png"', 'say "cheese".png'),
            ('"M\xfcller.png"', "M\xfcller.png"),
            ('""', ""),
            ("a.png", "a.png"),
        ],
    )
    def test_parses_file_names(self, quoted: str, expected: str):
        assert read(part(DISPOSITION.format("image") + f"; filename={quoted}")).filename == expected

    @pytest.mark.parametrize("place", ["name", "filename", "text"])
    def test_rejects_what_is_not_utf_8(self, place: str):
        words = {"name": "name", "filename": "a.png", "text": "Mug"} | {place: "M\xfcller"}
        headers = DISPOSITION.format(words["name"])
        if place == "filename":
            headers += f'; filename="{words["filename"]}"'

        content = part(headers, words["text"]).encode("windows-1252")

        with pytest.raises(MalformedForm):
            read(content).text  # noqa: B018 -- it raises


class TestPart:
    @pytest.mark.parametrize(
        ("filename", "content_type", "content", "expected"),
        [
            ("", "", b"", True),
            ("", "", b"x", False),
            ("a.png", "application/octet-stream", b"", False),
            (None, "application/octet-stream", b"", True),
            (None, "application/octet-stream", b"x", False),
            (None, "image/png", b"", True),
            (None, "text/plain", b"", False),
            (None, "application/json", b"", False),
            (None, "", b"", False),
        ],
    )
    def test_recognizes_an_empty_file_input(self, filename, content_type, content, expected):
        assert Part("image", filename, content_type, content).is_empty_file_input is expected
