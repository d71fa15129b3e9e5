"""Multipart forms (RFC 7578), understood whole or rejected.

Django's parser is made to get something out of any body: it skips what it does not understand,
replaces what is not UTF-8, and takes the end of the body for the end of a part.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.errors import MalformedForm

MAX_PARTS = 1000
MAX_HEADERS = 8192  # bytes of a part
TRANSFER_ENCODINGS = {"7bit", "8bit", "binary"}  # RFC 7578 deprecates all others
CHARSETS = {"utf-8", "utf8", "us-ascii"}
# In these, ASCII is what it is in UTF-8. Apache's HttpClient names the first for every text.
SUPERSETS_OF_ASCII = re.compile(r"iso-8859-\d+|latin-?1|windows-125\d")
UNTOUCHED = re.compile(r"application/octet-stream|image/.+")  # what no text part has

BOUNDARY = re.compile(r"[ -~]{0,200}[!-~]")
HEADER = re.compile(r"([!#-'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*", re.DOTALL)
VALUE = re.compile(r"[^;\"]*")
PARAMETER = re.compile(
    r'[ \t]*;[ \t]*([!#-\'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))', re.DOTALL
)
PADDING = re.compile(rb"[ \t]*\r\n")


@dataclass(frozen=True)
class Part:
    """One part; `filename` is None where it is no file."""

    name: str
    filename: str | None
    content_type: str
    content: bytes

    @property
    def is_file(self) -> bool:
        return self.filename is not None

    @property
    def is_untouched(self) -> bool:
        """Return whether this is the file input of a browser in which nothing was chosen.

        Servers that pass it on leave an empty file name out: Node's `fetch` and httpx do.
        """
        is_unnamed_file = self.filename is None and UNTOUCHED.fullmatch(self.content_type)
        return not self.content and (self.filename == "" or bool(is_unnamed_file))

    @property
    def text(self) -> str:
        try:
            return self.content.decode()
        except UnicodeDecodeError as error:
            raise MalformedForm(f"The part {self.name[:50]!r} is not UTF-8.") from error


def read_parts(body: bytes, boundary: str) -> list[Part]:
    """Return the parts of a body. Raise `MalformedForm` if any byte has no place in a form."""
    if not BOUNDARY.fullmatch(boundary):
        raise MalformedForm("The Content-Type has no valid boundary.")
    parts = []
    for content in split(body, b"--" + boundary.encode()):
        if len(parts) == MAX_PARTS:
            raise MalformedForm(f"There are more than {MAX_PARTS} parts.")
        parts.append(read_part(content))
    if not parts:
        raise MalformedForm("There is no part.")
    return parts


def split(body: bytes, delimiter: bytes) -> Iterator[bytes]:
    """Yield what is between the delimiters: head and content of each part."""
    start = 2 if body.startswith(b"\r\n") else 0
    if not body.startswith(delimiter, start):
        raise MalformedForm("It does not begin with the boundary of its Content-Type.")
    position = start + len(delimiter)
    while not body.startswith(b"--", position):
        line_end = PADDING.match(body, position)
        if line_end is None:
            raise MalformedForm("A boundary does not end its line.")
        # A part may begin with the delimiter of the next: nothing is in it, not even a head.
        end = body.find(b"\r\n" + delimiter, line_end.end() - 2)
        if end < 0:
            raise MalformedForm("The last boundary is missing: the form was cut.")
        yield body[line_end.end() : end]
        position = end + 2 + len(delimiter)
    if body[position + 2 :].strip(b" \t\r\n"):
        raise MalformedForm("Something follows the last boundary.")


def read_part(part: bytes) -> Part:
    head, separator, content = part.partition(b"\r\n\r\n")
    if not separator or len(head) > MAX_HEADERS:
        raise MalformedForm("The headers of a part have no end.")
    headers = read_headers(head)
    kind, disposition = read_value(headers.get("content-disposition", ""))
    if kind != "form-data" or "name" not in disposition:
        raise MalformedForm('A part has no Content-Disposition "form-data" with a name.')
    content_type, parameters = read_value(headers.get("content-type", ""))
    require_plain(headers, content_type)
    # RFC 7578 has no `filename*`, but some clients send it beside or instead of the other.
    filename = disposition.get("filename", disposition.get("filename*"))
    charset = parameters.get("charset", "utf-8").lower()
    if filename is None and not is_same_in_utf_8(content, charset):
        raise MalformedForm("A part is not in UTF-8.")
    return Part(disposition["name"], filename, content_type, content)


def is_same_in_utf_8(content: bytes, charset: str) -> bool:
    is_superset = SUPERSETS_OF_ASCII.fullmatch(charset) is not None
    return charset in CHARSETS or (is_superset and content.isascii())


def require_plain(headers: Mapping[str, str], content_type: str) -> None:
    """Raise `MalformedForm` for a part whose content is not simply what follows."""
    encoding = headers.get("content-transfer-encoding", "binary").lower()
    if encoding not in TRANSFER_ENCODINGS:
        raise MalformedForm(f"The Content-Transfer-Encoding {encoding[:50]!r} is not supported.")
    if content_type.startswith("multipart/"):
        raise MalformedForm("A part has parts of its own.")


def read_headers(head: bytes) -> dict[str, str]:
    try:
        lines = head.decode().split("\r\n")
    except UnicodeDecodeError as error:
        raise MalformedForm("The headers of a part are not UTF-8.") from error
    headers: dict[str, str] = {}
    for line in lines:
        match = HEADER.fullmatch(line)
        if match is None or match[1].lower() in headers or re.search(r"[\0\r\n]", line):
            raise MalformedForm(f"A part has an invalid or repeated header: {line[:50]!r}.")
        headers[match[1].lower()] = match[2]
    return headers


def read_value(header: str) -> tuple[str, dict[str, str]]:
    """Return a header's value and its parameters, such as `form-data` and the `name`."""
    header = header.rstrip(" \t;")
    value = VALUE.match(header)[0]
    position, parameters = len(value), {}
    while position < len(header):
        match = PARAMETER.match(header, position)
        if match is None or match[1].lower() in parameters:
            raise MalformedForm(f"A part has an invalid header: {header[:50]!r}.")
        quoted, token = match[2], match[3]
        parameters[match[1].lower()] = token if quoted is None else unescape(quoted)
        position = match.end()
    return value.strip().lower(), parameters


def unescape(quoted: str) -> str:
    # A backslash alone is one: browsers used to send paths of Windows.
    return re.sub(r'\\(["\\])', r"\1", quoted)
