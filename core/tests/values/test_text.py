import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.values.text import (
    LINE_PATTERN,
    NON_BLANK_LINE_PATTERN,
    TEXT_PATTERN,
    InvalidText,
    clean_text,
    normalize_text,
)

TEXTS = st.text(max_size=60) | st.text("e\u0301 \u200b\ufeff\u3164\n\x07ß", max_size=20)


def cleaned(text: str, *, is_multiline: bool = False) -> str | None:
    try:
        return clean_text(text, max_length=60, is_multiline=is_multiline)
    except InvalidText:
        return None


class TestCleanText:
    @pytest.mark.parametrize(
        ("text", "stored"),
        [
            ("Cafe\u0301", "Caf\xe9"),
            ("\u1112\u1161\u11ab", "\ud55c"),
            ("\u212b", "\xc5"),
            ("  Mug ", "Mug"),
            ("Mug\r\n", "Mug"),
            ("\ufeffMug", "Mug"),
            ("\u200bMug\u200d\u200e", "Mug"),
            ("\u200b \u2060Mug\xad \u200b", "Mug"),
            ("\u3000Mug\u2003", "Mug"),
            ("a\u200db", "a\u200db"),
            ("\u2764\ufe0f", "\u2764\ufe0f"),
            ("\U0001f3f4\U000e0067\U000e007f", "\U0001f3f4\U000e0067\U000e007f"),
            ("\u200b\u200c\u2060", ""),
            ("\u3164", ""),
            ("\u2800\ufe0f\U000e0020", ""),
            ("\U0001d173\U0001bca0", ""),
            ("", ""),
        ],
    )
    def test_returns_the_normal_form(self, text: str, stored: str):
        assert clean_text(text, max_length=255) == stored

    @pytest.mark.parametrize("char", "\0\x01\x08\x0b\x1b\x1f\x7f\x85\x9f\u202a\u202e\u2066\u2069")
    @pytest.mark.parametrize("text", ["{}", "a{}", "{}a", "a{}b"])
    @pytest.mark.parametrize("is_multiline", [False, True])
    def test_rejects_control_characters_anywhere(self, char, text, is_multiline):
        with pytest.raises(InvalidText) as caught:
            clean_text(text.format(char), max_length=255, is_multiline=is_multiline)

        assert caught.value.code == "control_character"

    @pytest.mark.parametrize("char", "\t\n\r")
    def test_accepts_line_breaks_only_within_multiline_text(self, char: str):
        text = f"a{char}b"

        assert clean_text(text, max_length=9, is_multiline=True) == text
        with pytest.raises(InvalidText):
            clean_text(text, max_length=9)

    def test_rejects_a_lone_surrogate(self):
        with pytest.raises(InvalidText):
            clean_text("\ud800", max_length=9)

    def test_counts_the_characters_that_are_stored(self):
        assert clean_text("e\u0301" * 255, max_length=255) == "\xe9" * 255
        with pytest.raises(InvalidText):
            clean_text("e\u0301" * 256, max_length=255)

    def test_counts_the_characters_that_normalizing_adds(self):
        with pytest.raises(InvalidText):
            clean_text("\u0958" * 255, max_length=255)

    @pytest.mark.parametrize("text", ["\u0301\u0316" * 40_000, "a" + "\u0301" * 31])
    def test_rejects_stacked_marks_before_normalizing(self, text: str):
        with pytest.raises(InvalidText):
            clean_text(text, max_length=20_000)

    @given(TEXTS, st.booleans())
    def test_is_idempotent(self, text: str, is_multiline: bool):
        once = cleaned(text, is_multiline=is_multiline)

        assert once is None or cleaned(once, is_multiline=is_multiline) == once

    @given(TEXTS)
    def test_is_the_same_for_all_forms_of_a_text(self, text: str):
        forms = {cleaned(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}

        assert len(forms) == 1

    @given(TEXTS)
    def test_agrees_with_the_patterns_of_the_schema(self, text: str):
        accepted = cleaned(text)

        assert bool(re.fullmatch(LINE_PATTERN[1:-1], text)) == (accepted is not None)
        assert bool(re.fullmatch(NON_BLANK_LINE_PATTERN[1:-1], text)) == bool(accepted)
        multiline = cleaned(text, is_multiline=True)
        assert bool(re.fullmatch(TEXT_PATTERN[1:-1], text)) == (multiline is not None)


class TestNormalizeText:
    @given(TEXTS)
    def test_equals_the_stored_form(self, text: str):
        stored = cleaned(text)

        assert not stored or normalize_text(text) == stored
