from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.api.errors.api_errors import MalformedForm
from core.api.multipart import MAX_PARTS, Part, parse_parts

DISPOSITION = 'Content-Disposition: form-data; name="{}"'
WHOLE = (
    b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nMug\r\n'
    b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n'
    b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\r\n--b--\r\n"
)


def form(*parts: bytes | str, boundary: str = "b") -> bytes:
    """Return a body of whole parts, each with its head."""
    delimiter = f"--{boundary}".encode()
    contents = (part if isinstance(part, bytes) else part.encode() for part in parts)
    return b"".join(b"%s\r\n%s\r\n" % (delimiter, part) for part in contents) + delimiter + b"--"


def part(head: str = DISPOSITION.format("name"), content: str = "Mug") -> str:
    return f"{head}\r\n\r\n{content}"


def read(*parts: bytes | str) -> Part:
    return parse_parts(form(*parts), "b")[0]


class TestReadParts:
    def test_returns_texts_and_files(self):
        text, file = parse_parts(WHOLE, "b")

        assert (text.name, text.text, text.is_file) == ("name", "Mug", False)
        assert (file.name, file.filename, file.content_type) == ("image", "a.png", "image/png")
        assert file.content == b"\x89PNG\r\n\x1a\n"

    @given(st.lists(st.binary(max_size=40), min_size=1, max_size=4), st.sampled_from("b- '\""))
    def test_returns_any_bytes_as_they_were_sent(self, contents: list[bytes], tail: str):
        boundary = f"boundary{tail}x"
        heads = [DISPOSITION.format(number).encode() for number in range(len(contents))]
        pairs = zip(heads, contents, strict=True)
        body = form(*(b"%s\r\n\r\n%s" % pair for pair in pairs), boundary=boundary)

        assert [part.content for part in parse_parts(body, boundary)] == contents

    @pytest.mark.parametrize("length", range(len(WHOLE) - 2))
    def test_rejects_a_form_that_is_cut_anywhere(self, length: int):
        with pytest.raises(MalformedForm):
            parse_parts(WHOLE[:length], "b")

    @given(st.integers(0, len(WHOLE) - 2), st.binary(min_size=1, max_size=3))
    def test_never_fails_otherwise(self, position: int, noise: bytes):
        with suppress(MalformedForm):
            parse_parts(WHOLE[:position] + noise + WHOLE[position:], "b")

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"\r\n",
            b"--b--",
            b"--b--\r\n",
            b"preamble\r\n" + WHOLE,
            WHOLE + b"epilogue",
            WHOLE + WHOLE,
            WHOLE.replace(b"--b", b"--other"),
            WHOLE.replace(b"\r\n", b"\n"),
            b"name=Mug&price=1",
            b'{"name": "Mug"}',
            b"--b\r\n--b--",
            b"--bb\r\n" + WHOLE[5:],
        ],
    )
    def test_rejects_what_is_no_form_with_this_boundary(self, body: bytes):
        with pytest.raises(MalformedForm):
            parse_parts(body, "b")

    @pytest.mark.parametrize("boundary", ["", " ", "x" * 202, "\xe4", "a\r\nb"])
    def test_rejects_a_boundary_that_is_none(self, boundary: str):
        with pytest.raises(MalformedForm):
            parse_parts(WHOLE, boundary)

    @pytest.mark.parametrize("body", [b"\r\n" + WHOLE, WHOLE.rstrip(), WHOLE + b"\r\n"])
    def test_accepts_blank_lines_around_the_form(self, body: bytes):
        assert len(parse_parts(body, "b")) == 2

    def test_bounds_the_number_of_parts(self):
        with pytest.raises(MalformedForm):
            parse_parts(form(*[part()] * (MAX_PARTS + 1)), "b")

    @pytest.mark.parametrize(
        "head",
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
    def test_rejects_a_part_whose_head_it_cannot_follow(self, head: str):
        with pytest.raises(MalformedForm):
            read(part(head))

    @pytest.mark.parametrize(
        "head",
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
    def test_accepts_the_ways_in_which_clients_write_heads(self, head: str):
        assert (read(part(head)).name, read(part(head)).text) == ("name", "Mug")

    @pytest.mark.parametrize("charset", ["ISO-8859-1", "latin1", "windows-1252", "utf-16"])
    def test_rejects_a_text_that_another_charset_would_read_otherwise(self, charset: str):
        head = DISPOSITION.format("name") + f"\r\nContent-Type: text/plain; charset={charset}"

        with pytest.raises(MalformedForm):
            read(part(head, "M\xfcller"))

    @pytest.mark.parametrize(
        ("written", "meant"),
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
    def test_reads_file_names(self, written: str, meant: str):
        assert read(part(DISPOSITION.format("image") + f"; filename={written}")).filename == meant

    @pytest.mark.parametrize("place", ["name", "filename", "text"])
    def test_rejects_what_is_not_utf_8(self, place: str):
        words = {"name": "name", "filename": "a.png", "text": "Mug"} | {place: "M\xfcller"}
        head = DISPOSITION.format(words["name"])
        if place == "filename":
            head += f'; filename="{words["filename"]}"'

        with pytest.raises(MalformedForm):
            read(part(head, words["text"]).encode("windows-1252")).text  # noqa: B018 -- it raises


class TestPart:
    @pytest.mark.parametrize(
        ("filename", "kind", "content", "expected"),
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
    def test_knows_an_untouched_file_input(self, filename, kind, content, expected):
        assert Part("image", filename, kind, content).is_empty_file_input is expected
