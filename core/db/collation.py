"""One alphabetical order on every database: the root collation of Unicode and CLDR.

A migration creates it in PostgreSQL, from ICU. SQLite gets a small implementation of our own:
PyICU has no wheels, and pyuca contains megabytes of old tables. It orders Latin, Greek and
Cyrillic letters, digits and common punctuation as ICU does, in three levels; anything else by code
point.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from unicodedata import category, combining, decomposition, digit, normalize

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

UNICODE_COLLATION = "catalog_unicode"

PUNCTUATION = (
    "\t\n\v\f\r\x85\u2028\u2029 "
    "_-\N{HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{HORIZONTAL BAR},;:!¡?¿.·'"
    "\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
    "\N{SINGLE LOW-9 QUOTATION MARK}\N{SINGLE HIGH-REVERSED-9 QUOTATION MARK}‹›"
    '"“”„‟«»()[]{}§¶@*/\\&#%‰†‡•′″`´^¯¨¸°©®'
)
SYMBOLS = "+±÷×<=>¬|¦~\N{FRACTION SLASH}"
CURRENCIES = "¤¢$£¥₩₪₫€₭₮₱₲₴₵₸₹₺₼₽₾₿"
DIGITS = "0123456789"
LATIN = "abɓƃcƈdɖɗƌeǝəɛfƒgɠɣƣhƕiıɨɩjkƙlƚmnɲƞŋoɔɵȣpƥqĸrʀsʃtŧƭʈuʉɯʊvʋʌwxyɏƴȝzƶȥʒþƿʔ"
GREEK = "αβγδεϝϛζηθικϗλμνξοπϟϙρστυφχψωϡϸ"
CYRILLIC = (
    "аәӕбвгғҕдԁђҙеєжҗзѕӡиҋійјкқӄҡҟҝлӆљмӎнӊңӈҥњоөпҧҁрҏсҫтҭћуүұѹфхҳһѡѿѻцҵчҷӌҹҽҿџшщъыьҍ"
    "ѣэюяѥѧѫѩѭѯѱѳѵҩӏ"
)
# Each known character has a weight; other symbols sort before the currencies, and other letters
# after the Cyrillic ones, both by code point.
FIRST_SYMBOL = len(PUNCTUATION + SYMBOLS)
FIRST_CURRENCY = FIRST_SYMBOL + 0x110000
FIRST_DIGIT = FIRST_CURRENCY + len(CURRENCIES)
FIRST_LETTER = FIRST_DIGIT + len(DIGITS + LATIN + GREEK + CYRILLIC)
WEIGHTS = {char: weight for weight, char in enumerate(PUNCTUATION + SYMBOLS)} | {
    char: weight
    for weight, char in enumerate(CURRENCIES + DIGITS + LATIN + GREEK + CYRILLIC, FIRST_CURRENCY)
}
GEORGIAN, BEFORE_ARMENIAN = range(0x10A0, 0x1100), 0x530
KATAKANA, TO_HIRAGANA = range(0x30A1, 0x30F7), -0x60

# Letters with a stroke, and ligatures: Unicode does not decompose them.
STROKES = {"đ": "d\u0335", "ħ": "h\u0335", "ł": "l\u0335", "ø": "o\u0338", "ґ": "г\u0335"}
LIGATURES = {"ð": "d\u0361", "æ": "a\u0361e", "œ": "o\u0361e", "ß": "s\u0361s", "ŉ": "'n"}
SPECIAL = STROKES | LIGATURES | {"ς": "σ", "й": "й"}  # the last has a weight of its own
MARKS = {
    mark: rank
    for rank, mark in enumerate(
        map(chr, [0x332, 0x313, 0x314, 0x301, 0x300, 0x306, 0x302, 0x30C, 0x30A, 0x342, 0x308,
                  0x30B, 0x303, 0x307, 0x338, 0x327, 0x328, 0x304, 0x336, 0x337, 0x335, 0x305,
                  0x309, 0x30F, 0x310, 0x311, 0x31B, 0x321, 0x322, 0x323, 0x324, 0x325, 0x326,
                  0x32D, 0x32E, 0x330, 0x331, 0x334, 0x345, 0x361]),
        start=1,
    )
}  # fmt: skip

SortKey = tuple[list[float], list[int], list[int], str]


@lru_cache(maxsize=10_000)
def sort_key(text: str) -> SortKey:
    """Return the sort key of text: its letters, then accents, then case, then the text itself."""
    letters: list[float] = []
    accents: list[int] = []
    cases: list[int] = []
    for char, case in decompose(text):
        if combining(char):
            accents.append(MARKS.get(char, ord(char)))
        elif category(char) != "Cf":
            letters.append(collation_weight(char))
            accents.append(0)
            cases.append(case)
    return letters, accents, cases, text


def decompose(text: str) -> Iterator[tuple[str, int]]:
    """Yield lower-case letters and accents, each with a number for its case and variant."""
    for char in normalize("NFC", text):
        lower = char.lower()
        parts = SPECIAL.get(lower) or normalize("NFKD", char).lower()
        is_variant = decomposition(char).startswith("<") or ord(char) in KATAKANA
        case = 2 * (lower != char) + is_variant + 3 * (char == "ς")
        for part in parts:
            yield part, case


def collation_weight(char: str) -> float:
    if char in WEIGHTS:
        return WEIGHTS[char]
    value = digit(char, None)
    if value is not None:
        return FIRST_DIGIT + value
    if not char.isalpha():
        return FIRST_SYMBOL + ord(char)
    code_point = ord(char)
    if code_point in GEORGIAN:
        return FIRST_LETTER + BEFORE_ARMENIAN + code_point / 2**17
    return FIRST_LETTER + code_point + (TO_HIRAGANA if code_point in KATAKANA else 0)


def compare(left: str, right: str) -> int:
    left_key, right_key = sort_key(left), sort_key(right)
    return (left_key > right_key) - (left_key < right_key)


@receiver(connection_created, dispatch_uid="core.db.collation")
def create_collation(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Register the collation on each SQLite connection, under its name in PostgreSQL."""
    if connection.vendor == "sqlite":
        connection.connection.create_collation(UNICODE_COLLATION, compare)
