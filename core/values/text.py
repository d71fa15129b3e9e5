"""The normal form of text, in which it is stored and compared.

NFC (Unicode Standard Annex #15); no white space or zero-width character at either end; no control
character, and none that reorders the text around it.
"""

import re
import unicodedata
from itertools import groupby

MAX_DESCRIPTION_LENGTH = 20_000
MAX_MARKS = 30  # in a row; UAX #15 calls text within this limit stream-safe
LINE_BREAKS = r"\t\n\r"

# Parts of character classes, for Python and for ECMA-262, hence also for JSON Schema. Characters
# beyond U+FFFF have no notation that both understand; `BLANK_TEXT` lists them apart.
WHITESPACE = r"\x20\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
ZERO_WIDTH = r"\xad\u061c\u180e\u200b-\u200f\u2060-\u2064\u206a-\u206f\ufeff"
CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
# Fillers, variation selectors, tags and the empty Braille cell: text may end in them (an emoji
# does), but does not consist of them alone.
BLANK = r"\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"

TRIMMED = rf"{LINE_BREAKS}{WHITESPACE}{ZERO_WIDTH}"
TRIMMED_CHARACTERS = "".join(re.findall(f"[{TRIMMED}]", "".join(map(chr, range(0x10000)))))
BEYOND_BMP = "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
BLANK_TEXT = re.compile(rf"[{TRIMMED}{BLANK}{BEYOND_BMP}]*")
FORBIDDEN = re.compile(rf"[{CONTROL}\ud800-\udfff]")
FORBIDDEN_IN_LINE = re.compile(rf"[{CONTROL}{LINE_BREAKS}\ud800-\udfff]")

# Patterns of valid text in a request, for JSON Schema.
LINE = rf"[^{CONTROL}{LINE_BREAKS}]"
NON_BLANK = rf"[^{CONTROL}{TRIMMED}{BLANK}]"
TEXT_PATTERN = rf"^[^{CONTROL}]*$"
LINE_PATTERN = rf"^[{TRIMMED}]*{LINE}*[{TRIMMED}]*$"
NON_BLANK_LINE_PATTERN = rf"^[{TRIMMED}]*{LINE}*{NON_BLANK}{LINE}*[{TRIMMED}]*$"


class InvalidText(ValueError):
    """Text that cannot be stored, with a `code` and a sentence that say why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def clean_text(text: str, *, max_length: int, is_multiline: bool = False) -> str:
    """Return the text in its normal form. Raises `InvalidText`.

    White space at the ends counts for the length. Tabs and line breaks are valid in multiline
    text only.
    """
    # The time of normalizing grows with the square of the number of marks on one letter.
    if len(text) <= 4 * max_length and not text.isascii():
        if has_stacked_marks(text):
            detail = f"At most {MAX_MARKS} combining marks may follow each other."
            raise InvalidText("too_many_marks", detail)
        text = unicodedata.normalize("NFC", text)
    if len(text) > max_length:
        raise InvalidText("max_length", f"At most {max_length} characters are allowed.")
    text = text.strip(TRIMMED_CHARACTERS)
    if found := (FORBIDDEN if is_multiline else FORBIDDEN_IN_LINE).search(text):
        detail = f"The character U+{ord(found[0]):04X} is not allowed here."
        raise InvalidText("control_character", detail)
    return "" if BLANK_TEXT.fullmatch(text) else text


def normalize_text(text: str) -> str:
    """Return the text in its normal form without validation, to compare it with stored text."""
    return unicodedata.normalize("NFC", text).strip(TRIMMED_CHARACTERS)


def has_stacked_marks(text: str) -> bool:
    """Return whether more combining marks follow each other than any script needs."""
    runs = groupby(text, lambda char: unicodedata.combining(char) > 0)
    return any(is_mark and len(list(run)) > MAX_MARKS for is_mark, run in runs)
