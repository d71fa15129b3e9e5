import pytest

from core.values.attributes import MAX_TOTAL_LENGTH, clean_attributes, is_same_json
from core.values.text import InvalidText


class TestCleanAttributes:
    def test_returns_names_and_texts_in_their_normal_form(self):
        attributes = {"Gro\u0308\xdfe ": "\u200bXL", "volume": 3.5, "new": True}

        assert clean_attributes(attributes) == {"Gr\xf6\xdfe": "XL", "volume": 3.5, "new": True}

    @pytest.mark.parametrize(
        ("attributes", "code"),
        [
            (None, "not_an_object"),
            ([], "not_an_object"),
            ({"a": None}, "bad_value"),
            ({"a": {}}, "bad_value"),
            ({"a": float("nan")}, "bad_value"),
            ({"a": float("inf")}, "bad_value"),
            ({"a": 2**53 + 1}, "bad_value"),
            ({"a": "x" * 1001}, "bad_value"),
            ({"a": "b\tc"}, "bad_value"),
            ({"a": "\u202eb"}, "bad_value"),
            ({"a\nb": 1}, "bad_key"),
            ({"\u200b": 1}, "bad_key"),
            ({"x" * 256: 1}, "bad_key"),
            ({"\xe9": 1, "e\u0301": 2}, "duplicate_key"),
            ({str(number): 1 for number in range(51)}, "max_keys"),
            ({f"{number}{'k' * 200}": '"' * 1000 for number in range(50)}, "max_length"),
        ],
    )
    def test_rejects_what_cannot_be_stored(self, attributes: object, code: str):
        with pytest.raises(InvalidText) as caught:
            clean_attributes(attributes)

        assert caught.value.code == code

    def test_accepts_names_and_texts_of_maximum_length(self):
        attributes = {f"{number:02}" + "k" * 253: "v" * 1000 for number in range(50)}

        assert clean_attributes(attributes) == attributes
        assert MAX_TOTAL_LENGTH > 50 * 1255


class TestIsSameJson:
    @pytest.mark.parametrize(("one", "other"), [({"a": 1}, {"a": True}), ({"a": 1}, {"a": 1.0})])
    def test_distinguishes_values_that_are_equal_in_python(self, one: dict, other: dict):
        assert not is_same_json(one, other)

    def test_ignores_the_order_of_names(self):
        assert is_same_json({"a": 1, "b": 2}, {"b": 2, "a": 1})
