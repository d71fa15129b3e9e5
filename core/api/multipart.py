"""A strict parser of multipart forms (RFC 7578, RFC 2046).

Django's parser is lenient: it skips what it cannot parse, replaces invalid UTF-8, and accepts a
truncated body as if its last part were complete. This one raises `MalformedForm` for all of it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.api.errors.api_errors import MalformedForm
from core.http.requests import UTF_8_CHARSETS

MAX_PARTS = 1000
MAX_HEADER_BYTES = 8192  # of one part
TRANSFER_ENCODINGS = {"7bit", "8bit", "binary"}  # RFC 7578 deprecates all others
# ASCII bytes mean the same in these as in UTF-8. Apache's HttpClient declares ISO-8859-1 for every
# string.
ASCII_COMPATIBLE_CHARSETS = re.compile(r"iso-8859-\d+|latin-?1|windows-125\d")
FILE_CONTENT_TYPE = re.compile(r"application/octet-stream|image/.+")  # no string part has it

BOUNDARY = re.compile(r"[ -~]{0,200}[!-~]")
HEADER = re.compile(r"([!#-'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*", re.DOTALL)
VALUE_END = re.compile(r"[;\"]")
PARAMETER = re.compile(
    r'[ \t]*;[ \t]*([!#-\'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))', re.DOTALL
)
DELIMITER_LINE_END = re.compile(rb"[ \t]*\r\n")


@dataclass(frozen=True)
class Part:
    """A part of a form; `filename` is `None` if it is a string."""

    name: str
    filename: str | None
    content_type: str
    content: bytes

    @property
    def is_file(self) -> bool:
        return self.filename is not None

    @property
    def is_empty_file_input(self) -> bool:
        """Return whether this is what browsers send for a file input without a file.

        Node's `fetch` and httpx omit the empty file name when they forward such a form.
        """
        is_unnamed_file = self.filename is None and FILE_CONTENT_TYPE.fullmatch(self.content_type)
        return not self.content and (self.filename == "" or bool(is_unnamed_file))

    @property
    def text(self) -> str:
        """The content as a string. Raises `MalformedForm` if it is not UTF-8."""
        try:
            return self.content.decode()
        except UnicodeDecodeError as error:
            raise MalformedForm(f"The part {self.name[:50]!r} is not UTF-8.") from error


def parse_parts(body: bytes, boundary: str) -> list[Part]:
    """Return the parts of a body. Raise `MalformedForm` if any byte of it is not accounted for."""
    if not BOUNDARY.fullmatch(boundary):
        raise MalformedForm("The Content-Type has no valid boundary.")
    parts: list[Part] = []
    for content in split_body(body, b"--" + boundary.encode()):
        if len(parts) == MAX_PARTS:
            raise MalformedForm(f"There are more than {MAX_PARTS} parts.")
        parts.append(parse_part(content))
    if not parts:
        raise MalformedForm("The form has no parts.")
    return parts


def split_body(body: bytes, delimiter: bytes) -> Iterator[bytes]:
    """Yield the bytes between the delimiters: the headers and the content of each part."""
    start = 2 if body.startswith(b"\r\n") else 0
    if not body.startswith(delimiter, start):
        raise MalformedForm("The form does not begin with the boundary in its Content-Type.")
    position = start + len(delimiter)
    while not body.startswith(b"--", position):
        line_end = DELIMITER_LINE_END.match(body, position)
        if line_end is None:
            raise MalformedForm("A boundary is not followed by a line break.")
        # Search from this line's CRLF on: an empty part shares it with the next delimiter.
        end = body.find(b"\r\n" + delimiter, line_end.end() - 2)
        if end < 0:
            raise MalformedForm("The closing boundary is missing: the form is truncated.")
        yield body[line_end.end() : end]
        position = end + 2 + len(delimiter)
    if body[position + 2 :].strip(b" \t\r\n"):
        raise MalformedForm("Bytes follow the closing boundary.")


def parse_part(part: bytes) -> Part:
    """Return the part with these headers and this content. Raise `MalformedForm`."""
    header_block, separator, content = part.partition(b"\r\n\r\n")
    if not separator or len(header_block) > MAX_HEADER_BYTES:
        raise MalformedForm("The headers of a part are unterminated or too long.")
    headers = parse_headers(header_block)
    disposition, disposition_parameters = parse_header_value(headers.get("content-disposition", ""))
    if disposition != "form-data" or "name" not in disposition_parameters:
        raise MalformedForm('A part has no Content-Disposition "form-data" with a name.')
    content_type, content_type_parameters = parse_header_value(headers.get("content-type", ""))
    require_unencoded(headers, content_type)
    # RFC 7578 forbids `filename*`, but some clients send it, with or without `filename`.
    filename = disposition_parameters.get("filename", disposition_parameters.get("filename*"))
    charset = content_type_parameters.get("charset", "utf-8").lower()
    if filename is None and not is_utf_8_compatible(content, charset):
        raise MalformedForm("A part is not encoded in UTF-8.")
    return Part(disposition_parameters["name"], filename, content_type, content)


def is_utf_8_compatible(content: bytes, charset: str) -> bool:
    """Return whether content that is declared with this charset can be decoded as UTF-8."""
    is_ascii_compatible = ASCII_COMPATIBLE_CHARSETS.fullmatch(charset) is not None
    return charset in UTF_8_CHARSETS or (is_ascii_compatible and content.isascii())


def require_unencoded(headers: Mapping[str, str], content_type: str) -> None:
    """Raise `MalformedForm` for a transfer encoding that changes bytes, and for nested parts."""
    encoding = headers.get("content-transfer-encoding", "binary").lower()
    if encoding not in TRANSFER_ENCODINGS:
        raise MalformedForm(f"The Content-Transfer-Encoding {encoding[:50]!r} is not supported.")
    if content_type.startswith("multipart/"):
        raise MalformedForm("A part is a multipart body itself, which is not supported.")


def parse_headers(header_block: bytes) -> dict[str, str]:
    """Return the headers by lower-case name. Raise `MalformedForm`, also for repeated ones."""
    try:
        lines = header_block.decode().split("\r\n")
    except UnicodeDecodeError as error:
        raise MalformedForm("The headers of a part are not UTF-8.") from error
    headers: dict[str, str] = {}
    for line in lines:
        match = HEADER.fullmatch(line)
        if match is None or match[1].lower() in headers or re.search(r"[\0\r\n]", line):
            raise MalformedForm(f"A part has an invalid or repeated header: {line[:50]!r}.")
        headers[match[1].lower()] = match[2]
    return headers


def parse_header_value(header: str) -> tuple[str, dict[str, str]]:
    """Return a header's value in lower case and its parameters. Raise `MalformedForm`.

    `form-data; name="image"` becomes `("form-data", {"name": "image"})`.
    """
    header = header.rstrip(" \t;")
    value = VALUE_END.split(header, maxsplit=1)[0]
    position = len(value)
    parameters: dict[str, str] = {}
    while position < len(header):
        match = PARAMETER.match(header, position)
        if match is None or match[1].lower() in parameters:
            raise MalformedForm(f"A part has an invalid header: {header[:50]!r}.")
        quoted, token = match[2], match[3]
        parameters[match[1].lower()] = token if quoted is None else unescape(quoted)
        position = match.end()
    return value.strip().lower(), parameters


def unescape(quoted: str) -> str:
    """Return a quoted string without escapes of quotes and backslashes (RFC 9110, 5.6.4).

    Any other backslash is kept: old browsers send Windows paths as file names.
    """
    return re.sub(r'\\(["\\])', r"\1", quoted)
