import pytest

from benchmarks.scale import goal_of, list_queries, queries_of, verdict

VALUES = {"category": ["mugs", "kitchen"], "search": ["blue mug"], "attributes[]": ["colour=blue"]}


def parameter(name: str, **schema) -> dict:
    return {"name": name, "in": "query", "schema": schema}


class TestQueriesOf:
    def test_has_each_choice_of_a_list(self):
        ordering = parameter("ordering", type="array", items={"enum": ["name", "-name"]})

        assert queries_of(ordering, {}) == [{"ordering": "name"}, {"ordering": "-name"}]

    def test_has_both_booleans(self):
        queries = queries_of(parameter("in_stock", type="boolean"), {})

        assert queries == [{"in_stock": "true"}, {"in_stock": "false"}]

    def test_reads_attributes_in_their_own_notation(self):
        attributes = parameter("attributes", type="object") | {"style": "deepObject"}

        assert queries_of(attributes, VALUES) == [{"attributes[colour]": "blue"}]

    def test_raises_for_a_parameter_without_known_values(self):
        with pytest.raises(LookupError, match="weight"):
            queries_of(parameter("weight", type="integer"), VALUES)


class TestListQueries:
    def test_has_each_parameter_alone_and_in_a_category_by_page_and_by_cursor(self):
        parameters = [
            parameter("category", type="array"),
            parameter("deleted", enum=["only"]),
            parameter("page", type="integer"),
        ]
        schema = {"paths": {"/": {"get": {"parameters": parameters}}}}

        queries = list(list_queries(schema, "/", VALUES))

        assert {} in queries
        assert {"deleted": "only", "cursor": ""} in queries
        assert {"deleted": "only", "category": "mugs"} in queries
        assert [query for query in queries if "page" in query] == []


class TestVerdict:
    @pytest.mark.parametrize(
        ("path", "multiple", "mark"),
        [("/?a=1", 15, ""), ("/?a=1", 15.1, "**missed**"), ("/?search=blue+mug", 25, "")],
    )
    def test_marks_what_costs_too_much(self, path, multiple, mark):
        assert verdict(path, multiple, {200}) == mark

    def test_marks_an_unexpected_status(self):
        assert verdict("/", 1, {200, 503}) == "**status 503**"

    def test_allows_two_words_more(self):
        assert goal_of("/?search=blue+mug&cursor=") > goal_of("/?search=mug")
