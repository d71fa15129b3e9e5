import pytest

from core.api.openapi.operation import camelize, openapi_examples, page_example


class TestPageExample:
    def test_has_a_count(self):
        page = page_example({"id": 1}, next_url=None, count=1)

        assert (page["count"], page["count_is_exact"]) == (1, True)

    def test_has_no_count_by_cursor(self):
        assert page_example({"id": 1}, next_url="/?cursor=a") == {
            "next": "/?cursor=a",
            "previous": None,
            "results": [{"id": 1}],
        }


class TestOpenapiExamples:
    def test_has_a_summary_and_a_value_by_name(self):
        assert openapi_examples({"A form": 1}) == {"aForm": {"summary": "A form", "value": 1}}


class TestCamelize:
    @pytest.mark.parametrize(
        ("words", "expected"),
        [("Get category tree", "getCategoryTree"), ("list", "list"), ("A re-try", "aReTry")],
    )
    def test_joins_words(self, words, expected):
        assert camelize(words) == expected
